// As dense.c, two outputs at a time with SMLAD. The last of an odd number is computed with itself.
#include "smlad.h"

void dense(const dense_t *layer, const int8_t *x, int8_t *y) {
  int n = layer->inputs, last = layer->outputs - 1;
  for (int o = 0; o <= last; o += 2) {
    int other = o < last ? o + 1 : o;
    int32_t sums[2] = {layer->bias[o], layer->bias[other]};
    dot2(x, layer->weights + o * n, layer->weights + other * n, n, layer->input_zero, sums);
    y[o] = narrow(&layer->output, o, sums[0]);
    y[other] = narrow(&layer->output, other, sums[1]);
  }
}
