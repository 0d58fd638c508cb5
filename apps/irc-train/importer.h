// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "irc/network/graph.h"
#include "net.h"

namespace irc::train {

/// Starts a net from an exported detector. The latent weights are set so that they quantise to the file's
/// weights. The file's biases are used where the net has a bias, not where it has a batch norm. If the head
/// has another number of classes, the net keeps its own initial head. If it has the same classes in another
/// order, they are matched by name. Returns the share of the array layers' weights that differ from the
/// file's after quantisation (which happens in a channel with far more weights of one sign). Throws
/// InputError for a graph with other layers.
double import_graph(DetectorNet& net, const network::Graph& graph);

}  // namespace irc::train
