bnn_conv2d_window.v
bnn_conv2d_resolve.v
bnn_conv2d_dot.v
bnn_conv2d_element.v
bnn_conv2d_lane.v
bnn_conv2d_sequence.v
bnn_conv2d_loader.v
bnn_conv2d.v
