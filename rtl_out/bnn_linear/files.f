bnn_linear_window.v
bnn_linear_resolve.v
bnn_linear_dot.v
bnn_linear_element.v
bnn_linear_lane.v
bnn_linear_sequence.v
bnn_linear_loader.v
bnn_linear.v
