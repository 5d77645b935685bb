bnn_conv3d_window.v
bnn_conv3d_resolve.v
bnn_conv3d_dot.v
bnn_conv3d_element.v
bnn_conv3d_lane.v
bnn_conv3d_sequence.v
bnn_conv3d_loader.v
bnn_conv3d.v
