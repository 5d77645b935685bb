fda_conv3d_window.v
fda_conv3d_resolve.v
fda_conv3d_dot.v
fda_conv3d_element.v
fda_conv3d_lane.v
fda_conv3d_sequence.v
fda_conv3d_loader.v
fda_conv3d.v
