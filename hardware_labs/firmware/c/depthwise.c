// A convolution in which every channel has its own small kernel and sees no other channel.
#include "kernels.h"

static int32_t sum_at(const depthwise_t *layer, const int8_t *x, int top, int left, int channel) {
  const window_t *w = &layer->window;
  int channels = w->in_channels;
  int first = left < 0 ? -left : 0;
  int end = w->in_width - left < w->kernel_width ? w->in_width - left : w->kernel_width;
  int32_t sum = layer->bias[channel];
  for (int ky = 0; ky < w->kernel_height; ky++) {
    if (top + ky < 0 || top + ky >= w->in_height) continue;
    const int8_t *pixel = x + ((top + ky) * w->in_width + left + first) * channels + channel;
    const int8_t *weight = layer->weights + (ky * w->kernel_width + first) * channels + channel;
    for (int kx = first; kx < end; kx++, pixel += channels, weight += channels) {
      sum += (*pixel - layer->input_zero) * *weight;
    }
  }
  return sum;
}

void depthwise(const depthwise_t *layer, const int8_t *x, int8_t *y) {
  const window_t *w = &layer->window;
  for (int oy = 0; oy < w->out_height; oy++) {
    int top = oy * w->stride_down - w->pad_top;
    for (int ox = 0; ox < w->out_width; ox++) {
      int left = ox * w->stride_across - w->pad_left;
      for (int c = 0; c < w->out_channels; c++) {
        *y++ = narrow(&layer->output, c, sum_at(layer, x, top, left, c));
      }
    }
  }
}
