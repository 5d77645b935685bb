bnn_conv1d_window.v
bnn_conv1d_resolve.v
bnn_conv1d_dot.v
bnn_conv1d_element.v
bnn_conv1d_lane.v
bnn_conv1d_sequence.v
bnn_conv1d_loader.v
bnn_conv1d.v
