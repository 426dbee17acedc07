// The layers of an int8 network as constant structures, and the kernels that compute them.
// An image is (height, width, channels): the channels of a pixel are neighbours in memory.
// Each kernel stands in a file of its name; hardware_labs/models/interpreter.py says what it computes.
#pragma once
#include <stdint.h>

#ifdef __clang__  // for loops that are short: unrolled, they would need more registers than there are
#define AS_IT_STANDS _Pragma("clang loop unroll(disable)")
#else
#define AS_IT_STANDS
#endif

typedef struct {  // how an int32 sum becomes an int8 value
  const int32_t *multipliers;
  const int8_t *shifts;
  int per_channel;  // 1: a factor for each output channel, 0: one for all
  int32_t zero, low, high;
} output_t;

typedef struct {  // a kernel that moves over an image
  int in_height, in_width, in_channels;
  int out_height, out_width, out_channels;
  int kernel_height, kernel_width, stride_down, stride_across, pad_top, pad_left;
} window_t;

typedef struct {
  int inputs, outputs;
  const int8_t *weights;  // outputs x inputs, row by row, symmetric: zero point 0
  const int32_t *bias;    // in units of input_scale * weight_scale
  int32_t input_zero;
  output_t output;
} dense_t;

typedef struct {
  window_t window;
  const int8_t *weights;  // outputs x kernel_height x kernel_width x inputs
  const int32_t *bias;
  int32_t input_zero;
  output_t output;
} conv2d_t;

typedef struct {
  window_t window;
  const int8_t *weights;  // kernel_height x kernel_width x channels
  const int32_t *bias;
  int32_t input_zero;
  output_t output;
} depthwise_t;

typedef struct {
  window_t window;
} pool_t;

typedef struct {
  int count;
  int32_t input_zeros[2], input_multipliers[2], input_shifts[2];
  int32_t multiplier, shift, output_zero, low, high;
} add_t;

typedef struct {
  int count;
  const uint16_t *table;  // 256 values: 65535 * exp(-scale * d)
} softmax_t;

typedef struct {
  int count;
} from_uint8_t;

typedef struct {
  int count;
  int32_t multiplier, shift, output_zero;  // 1 / scale = multiplier * 2^-31 * 2^-shift
} from_float32_t;

typedef struct {  // one layer of the model: what it runs, and for layer% its name and size
  void (*run)(void);
  const char *kind;
  int32_t macs;
} step_t;

// accumulator * multiplier * 2^-31 * 2^-shift, for a multiplier of at least 2^30 and a shift of 0 to 31.
int32_t requantize(int32_t accumulator, int32_t multiplier, int shift);

void dense(const dense_t *layer, const int8_t *x, int8_t *y);
void conv2d(const conv2d_t *layer, const int8_t *x, int8_t *y);
void depthwise(const depthwise_t *layer, const int8_t *x, int8_t *y);
void max_pool(const pool_t *layer, const int8_t *x, int8_t *y);
void average_pool(const pool_t *layer, const int8_t *x, int8_t *y);
void add(const add_t *layer, const int8_t *a, const int8_t *b, int8_t *y);
void softmax(const softmax_t *layer, const int8_t *x, int8_t *y);
void from_uint8(const from_uint8_t *layer, const int8_t *x, int8_t *y);
void from_float32(const from_float32_t *layer, const int8_t *x, int8_t *y);

static inline int8_t clamp(int32_t q, int32_t low, int32_t high) {
  return (int8_t)(q < low ? low : q > high ? high : q);
}

static inline int8_t narrow(const output_t *output, int channel, int32_t sum) {
  int at = output->per_channel ? channel : 0;
  int32_t q = requantize(sum, output->multipliers[at], output->shifts[at]) + output->zero;
  return clamp(q, output->low, output->high);
}
