"""Proofs for o03_bench_and_board: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("after", "forgets what is outside of the layers")
def _():
    def after(total, in_layers, factors):
        return sum(n / factors.get(k, 1.0) for k, n in enumerate(in_layers))


wrong("after", "takes the whole layer off", {"(1 - 1 / factor)": "/ factor"})

wrong("after", "divides the total instead of the layer", {"in_layers[k] * (1": "total * (1"})


@wrong("after", "Amdahl's ratio instead of the instructions")
def _():
    def after(total, in_layers, factors):
        left = total - sum(in_layers[k] * (1 - 1 / f) for k, f in factors.items())
        return total / left


@wrong("after", "a factor is never below 1")
def _():
    def after(total, in_layers, factors):
        return float(total - sum(in_layers[k] * (1 - 1 / max(f, 1)) for k, f in factors.items()))


@right("after", "layer by layer, and the rest at the end")
def _():
    def after(total, in_layers, factors):
        rest = total - sum(in_layers)
        for k, taken in enumerate(in_layers):
            rest += taken / factors[k] if k in factors else taken
        return rest


@wrong("changed_beside", "counts all bytes that changed")
def _():
    def changed_beside(before, behind, values):
        return sum(a != b for a, b in zip(before, behind))


wrong("changed_beside", "takes the size for the end", {"offset : offset + size": "offset : size"})

wrong("changed_beside", "counts what changed inside", {"changed & free": "changed & ~free"})

wrong(
    "changed_beside",
    "one byte more belongs to a value",
    {"offset : offset + size": "offset : offset + size + 1"},
)


@wrong("changed_beside", "takes the changes in each value off, a shared byte twice")
def _():
    def changed_beside(before, behind, values):
        changed = [a != b for a, b in zip(before, behind)]
        return sum(changed) - sum(sum(changed[at : at + size]) for at, size in values)


@right("changed_beside", "a set of the bytes that belong to a value")
def _():
    def changed_beside(before, behind, values):
        inside = {k for at, size in values for k in range(at, at + size)}
        return sum(1 for k, (a, b) in enumerate(zip(before, behind)) if a != b and k not in inside)


@wrong("pool_kernel", "hands in the course's order of loops")
def _():
    def pool_c():
        return """
        #include "window.h"

        static int8_t maximum(const window_t *w, part_t part, const int8_t *pixel) {
          int8_t most = -128;
          int channels = w->in_channels, columns = part.right - part.left;
          for (int row = part.top; row < part.bottom; row++, pixel += w->in_width * channels) {
            for (int column = 0; column < columns; column++) {
              if (pixel[column * channels] > most) most = pixel[column * channels];
            }
          }
          return most;
        }

        void max_pool(const pool_t *layer, const int8_t *x, int8_t *y) {
          const window_t *w = &layer->window;
          for (int oy = 0; oy < w->out_height; oy++)
            for (int ox = 0; ox < w->out_width; ox++) {
              part_t part = part_at(w, oy, ox);
              for (int c = 0; c < w->out_channels; c++)
                *y++ = maximum(w, part, x + first_pixel(w, part) + c);
            }
        }
        """


wrong("pool_kernel", "begins with 0 instead of the smallest number", {"y[c] = -128": "y[c] = 0"})

wrong(
    "pool_kernel",
    "the window always begins on the image",
    {
        "const int8_t *pixel = x + first_pixel(w, part);": "const int8_t *pixel = x + (part.row * w->in_width + part.column) * channels;"
    },
)

wrong(
    "pool_kernel",
    "the rows of a window are as far apart as those of the output",
    {"pixel += w->in_width * channels": "pixel += w->out_width * channels"},
)

wrong(
    "pool_kernel",
    "clears a byte behind the outputs",
    {"y[c] = -128;": "y[c] = -128, y[c + 1] = 0;"},
)

wrong("pool_kernel", "a loop that never ends", {"ox++": "ox += 0"})

wrong("pool_kernel", "C that does not compile", {"int channels = w->in_channels;": ""})


@right("pool_kernel", "four channels at a time with SSUB8 and SEL")
def _():
    def pool_c():
        return """
        #include "smlad.h"
        #include "window.h"

        static void larger(int8_t *y, const int8_t *x, int n) {
          AS_IT_STANDS
          for (; n >= 4; n -= 4, x += 4, y += 4) {
            uint32_t a = word(x), b = word(y);
            __ssub8((int8x4_t)a, (int8x4_t)b);
            uint32_t most = (uint32_t)__sel((uint8x4_t)a, (uint8x4_t)b);
            __builtin_memcpy(y, &most, 4);
          }
          for (; n > 0; n--, x++, y++) *y = *x > *y ? *x : *y;
        }

        void max_pool(const pool_t *layer, const int8_t *x, int8_t *y) {
          const window_t *w = &layer->window;
          int n = w->in_channels;
          for (int place = 0; place < w->out_height * w->out_width; place++, y += n) {
            part_t part = part_at(w, place / w->out_width, place % w->out_width);
            const int8_t *first = x + first_pixel(w, part);
            for (int c = 0; c < n; c++) y[c] = first[c];
            for (int row = 0; row < part.bottom - part.top; row++)
              for (int column = 0; column < part.right - part.left; column++)
                larger(y, first + (row * w->in_width + column) * n, n);
          }
        }
        """


wrong(
    "conv_kernel",
    "padding is the number 0",
    {
        "for (int i = 0; i < left; i++) to[i] = (int8_t)layer->input_zero;": "for (int i = 0; i < left; i++) to[i] = 0;"
    },
)

wrong(
    "conv_kernel",
    "gathers anew for each pair of channels",
    {
        "      gather(layer, x, part_at(w, oy, ox));\n      for (int o = 0; o <= last; o += 2) {": "      for (int o = 0; o <= last; o += 2) {\n        gather(layer, x, part_at(w, oy, ox));",
    },
)

wrong(
    "conv_kernel",
    "forgets the last of an odd number of channels",
    {"o <= last; o += 2": "o < last; o += 2"},
)

wrong(
    "conv_kernel",
    "the row of pixels does not move on at a row above the image",
    {"if (on_image) from": "from"},
)

wrong(
    "conv_kernel",
    "one factor for all output channels",
    {"narrow(&layer->output, o, sums[0])": "narrow(&layer->output, 0, sums[0])"},
)

wrong(
    "conv_kernel",
    "writes one channel too many",
    {"int other = o < last ? o + 1 : o;": "int other = o + 1;"},
)

wrong("conv_kernel", "forgets the bias", {"{layer->bias[o], layer->bias[other]}": "{0, 0}"})

wrong("conv_kernel", "C that does not compile", {'#include "smlad.h"': ""})


@wrong("conv_kernel", "hands in a direct kernel")
def _():
    def conv_c():
        return """
        #include "window.h"

        void conv2d(const conv2d_t *layer, const int8_t *x, int8_t *y) {
          const window_t *w = &layer->window;
          int kernel_bytes = w->kernel_height * w->kernel_width * w->in_channels;
          for (int oy = 0; oy < w->out_height; oy++)
            for (int ox = 0; ox < w->out_width; ox++) {
              part_t part = part_at(w, oy, ox);
              for (int o = 0; o < w->out_channels; o++) {
                const int8_t *p = x + first_pixel(w, part);
                const int8_t *q = layer->weights + o * kernel_bytes + first_weight(w, part);
                int32_t sum = layer->bias[o], zero = layer->input_zero;
                for (int ky = part.top; ky < part.bottom; ky++) {
                  for (int i = 0; i < (part.right - part.left) * w->in_channels; i++)
                    sum += (p[i] - zero) * q[i];
                  p += w->in_width * w->in_channels, q += w->kernel_width * w->in_channels;
                }
                *y++ = narrow(&layer->output, o, sum);
              }
            }
        }
        """


@right("conv_kernel", "fills the row with zero points first, and copies runs over them")
def _():
    def conv_c():
        return """
        #include "smlad.h"
        #include "window.h"

        static int8_t row_of_pixels[256];

        void conv2d(const conv2d_t *layer, const int8_t *x, int8_t *y) {
          const window_t *w = &layer->window;
          int channels = w->in_channels, n = w->kernel_height * w->kernel_width * channels;
          for (int place = 0; place < w->out_height * w->out_width; place++, y += w->out_channels) {
            part_t part = part_at(w, place / w->out_width, place % w->out_width);
            int run = (part.right - part.left) * channels;
            if (run * (part.bottom - part.top) < n)
              for (int i = 0; i < n; i++) row_of_pixels[i] = (int8_t)layer->input_zero;
            const int8_t *from = x + first_pixel(w, part);
            int8_t *to = row_of_pixels + first_weight(w, part);
            for (int ky = part.top; ky < part.bottom; ky++) {
              for (int i = 0; i < run; i++) to[i] = from[i];
              from += w->in_width * channels, to += w->kernel_width * channels;
            }
            const int8_t *weights = layer->weights;
            for (int o = 0; o < w->out_channels; o += 2, weights += 2 * n) {
              int two = o + 1 < w->out_channels;
              int32_t sums[2] = {layer->bias[o], layer->bias[o + two]};
              dot2(row_of_pixels, weights, weights + two * n, n, layer->input_zero, sums);
              y[o] = narrow(&layer->output, o, sums[0]);
              if (two) y[o + 1] = narrow(&layer->output, o + 1, sums[1]);
            }
          }
        }
        """
