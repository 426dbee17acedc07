// A convolution in which every channel has its own small kernel and sees no other channel.
#include "kernels.h"

typedef struct {  // the part of the kernel that lies on the image
  int top, bottom, left, right;
} part_t;

static int largest(int a, int b) { return a > b ? a : b; }
static int smallest(int a, int b) { return a < b ? a : b; }

// pixel and weight are those of the part's first corner; the next channel's are one byte further.
static int32_t sum_of(const window_t *w, part_t part, const int8_t *pixel, const int8_t *weight, int32_t zero) {
  int32_t sum = 0;
  int channels = w->in_channels;
  for (int ky = part.top; ky < part.bottom; ky++) {
    const int8_t *p = pixel, *q = weight;
    AS_IT_STANDS
    for (int kx = part.left; kx < part.right; kx++, p += channels, q += channels) sum += (*p - zero) * *q;
    pixel += w->in_width * channels, weight += w->kernel_width * channels;
  }
  return sum;
}

void depthwise(const depthwise_t *layer, const int8_t *x, int8_t *y) {
  const window_t *w = &layer->window;
  for (int oy = 0; oy < w->out_height; oy++) {
    int top = oy * w->stride_down - w->pad_top;
    for (int ox = 0; ox < w->out_width; ox++) {
      int left = ox * w->stride_across - w->pad_left;
      part_t part = {largest(0, -top), smallest(w->kernel_height, w->in_height - top),
                     largest(0, -left), smallest(w->kernel_width, w->in_width - left)};
      int first = ((top + part.top) * w->in_width + left + part.left) * w->in_channels;
      int corner = (part.top * w->kernel_width + part.left) * w->in_channels;
      for (int c = 0; c < w->out_channels; c++) {
        int32_t sum = sum_of(w, part, x + first + c, layer->weights + corner + c, layer->input_zero);
        *y++ = narrow(&layer->output, c, layer->bias[c] + sum);
      }
    }
  }
}
