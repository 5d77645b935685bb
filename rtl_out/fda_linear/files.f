fda_linear_window.v
fda_linear_resolve.v
fda_linear_dot.v
fda_linear_element.v
fda_linear_lane.v
fda_linear_sequence.v
fda_linear_loader.v
fda_linear.v
