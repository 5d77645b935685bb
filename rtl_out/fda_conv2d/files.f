fda_conv2d_window.v
fda_conv2d_resolve.v
fda_conv2d_dot.v
fda_conv2d_element.v
fda_conv2d_lane.v
fda_conv2d_sequence.v
fda_conv2d_loader.v
fda_conv2d.v
