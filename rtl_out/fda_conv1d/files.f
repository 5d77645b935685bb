fda_conv1d_window.v
fda_conv1d_resolve.v
fda_conv1d_dot.v
fda_conv1d_element.v
fda_conv1d_lane.v
fda_conv1d_sequence.v
fda_conv1d_loader.v
fda_conv1d.v
