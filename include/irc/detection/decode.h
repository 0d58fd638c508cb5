// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "irc/detection/types.h"
#include "irc/network/graph.h"

namespace irc::detection {

/// How the head writes the distances from the centre of a cell to the four edges of a box.
enum class BoxForm {
  log_distances,    ///< their logarithms, in units of the stride
  distances,        ///< in units of the stride; a negative one counts as 0
  pixel_distances,  ///< in pixels of the network's input; a negative one counts as 0
};

/// How the head writes the score of a class.
enum class ScoreForm {
  logits,         ///< the score is 1 / (1 + exp(-value))
  probabilities,  ///< the value is the score, 0 to 1
};

/// Which peaks of a head become detections, and how their values are to be read.
struct DecodeOptions {
  double score_threshold = 0.05;  ///< smallest score of a peak that counts
  int top_k = 100;                ///< largest number of detections of one image, all classes together; > 0
  BoxForm box = BoxForm::log_distances;  ///< how the edges are written
  ScoreForm scores = ScoreForm::logits;  ///< how the scores are written
};

/// Boxes from a detector's head (see network::DetectorInfo), in network pixels.
///
/// The head has per cell one score per class, then the distances to the left, top, right and bottom edge, in
/// the forms that `options` name. A cell is a peak of its class if no cell of its 3x3 neighbourhood has a
/// greater value (of equals the first in row order wins). The box is clipped to width x height (pixels of the
/// network's input) and dropped if nothing is left. Order: score descending, then class, then cell. Throws
/// InputError if the head's channels are not classes + 4, if a value is not a number, if a probability is not
/// within 0 to 1, or if the options are out of range.
std::vector<Detection> decode(const DenseMap<float>& head, const network::DetectorInfo& info, int width,
                              int height, const DecodeOptions& options = {});

}  // namespace irc::detection
