// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "irc/network/graph.h"
#include "net.h"

namespace irc::train {

/// Starts a net from an exported detector: latent weights that quantise to the file's (its integers, scaled).
/// Biases of a file are taken where the net has a bias, not where it has a batch norm. A head of another
/// number of classes keeps the net's own start; one with the same classes in another order is matched by
/// name. Returns the share of the array layers' weights that come out otherwise than in the file (a channel
/// with far more weights of one sign than of the other). Throws InputError for a graph of other layers.
double import_graph(DetectorNet& net, const network::Graph& graph);

}  // namespace irc::train
