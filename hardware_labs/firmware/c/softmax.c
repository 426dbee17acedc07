// exp(x) / sum(exp(x)) in integers: a table of exponentials of the distance to the largest input.
// The output has scale 1/256 and zero -128.
#include "kernels.h"

void softmax(const softmax_t *layer, const int8_t *x, int8_t *y) {
  int32_t most = -128;
  uint32_t total = 0;
  for (int i = 0; i < layer->count; i++) most = x[i] > most ? x[i] : most;
  for (int i = 0; i < layer->count; i++) total += layer->table[most - x[i]];
  for (int i = 0; i < layer->count; i++) {
    uint32_t share = (256ul * layer->table[most - x[i]] + total / 2) / total;
    y[i] = clamp((int32_t)share - 128, -128, 127);
  }
}
