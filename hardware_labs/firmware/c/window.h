// Where a kernel that moves over an image lies, and which part of it lies on the image.
#pragma once
#include "kernels.h"

typedef struct {  // the corner of the kernel on the image, and the part of the kernel with pixels below it
  int row, column, top, bottom, left, right;
} part_t;

static inline part_t part_at(const window_t *w, int oy, int ox) {
  int row = oy * w->stride_down - w->pad_top, column = ox * w->stride_across - w->pad_left;
  int below = w->in_height - row, beside = w->in_width - column;
  part_t part = {row, column,
                 row < 0 ? -row : 0, below < w->kernel_height ? below : w->kernel_height,
                 column < 0 ? -column : 0, beside < w->kernel_width ? beside : w->kernel_width};
  return part;
}

// The places of the part's first pixel in the image and of its first weight in the kernel, channel 0.
static inline int first_pixel(const window_t *w, part_t part) {
  return ((part.row + part.top) * w->in_width + part.column + part.left) * w->in_channels;
}

static inline int first_weight(const window_t *w, part_t part) {
  return (part.top * w->kernel_width + part.left) * w->in_channels;
}
