// Every output is the sum of all inputs times its own row of weights.
#include "kernels.h"

void dense(const dense_t *layer, const int8_t *x, int8_t *y) {
  int inputs = layer->inputs;
  int32_t zero = layer->input_zero;
  for (int o = 0; o < layer->outputs; o++) {
    const int8_t *row = layer->weights + o * inputs;
    int32_t sum = layer->bias[o];
    for (int i = 0; i < inputs; i++) sum += (x[i] - zero) * row[i];
    y[o] = narrow(&layer->output, o, sum);
  }
}
