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
    "gather_kernel",
    "padding is the number 0",
    {
        "for (int i = 0; i < left; i++) to[i] = (int8_t)layer->input_zero;": "for (int i = 0; i < left; i++) to[i] = 0;"
    },
)

wrong(
    "gather_kernel",
    "leaves at the right what the place before put there",
    {
        "for (int i = right; i < kernel_row; i++) to[i] = (int8_t)layer->input_zero;": "",
        "int right = on_image ? part.right * n : kernel_row;": "int right = part.right * n;",
    },
)

wrong(
    "gather_kernel",
    "the image moves on at a row above it",
    {"if (on_image) from": "from"},
)

wrong(
    "gather_kernel",
    "counts pixels instead of numbers at the left",
    {"part.left * n": "part.left"},
)

wrong("gather_kernel", "a row above the image is on it", {"ky >= part.top && ": ""})

wrong(
    "gather_kernel",
    "the next row of the image is a row of the kernel on",
    {"from += w->in_width * n": "from += kernel_row"},
)

wrong(
    "gather_kernel",
    "the row of pixels does not move on at a row above the image",
    {
        "ky++, to += kernel_row": "ky++",
        "if (on_image) from += w->in_width * n;": "if (on_image) from += w->in_width * n, to += kernel_row;",
    },
)

wrong(
    "gather_kernel",
    "begins at the corner of the kernel, where there may be no pixel",
    {"first_pixel(w, part)": "(part.row * w->in_width + part.column) * n"},
)

wrong("gather_kernel", "C that does not compile", {"int8_t *to = row_of_pixels;": ""})


@wrong("gather_kernel", "the zero point of the bench for every layer")
def _():
    def gather_c():
        return """
        static void gather(const conv2d_t *layer, const int8_t *x, part_t part) {
          const window_t *w = &layer->window;
          int8_t *to = row_of_pixels;
          for (int ky = 0; ky < w->kernel_height; ky++)
            for (int kx = 0; kx < w->kernel_width; kx++)
              for (int c = 0; c < w->in_channels; c++) {
                int row = part.row + ky, column = part.column + kx;
                int on_image = row >= 0 && row < w->in_height && column >= 0 && column < w->in_width;
                *to++ = on_image ? x[(row * w->in_width + column) * w->in_channels + c] : 5;
              }
        }
        """


@right("gather_kernel", "fills the row with zero points first, and copies runs over them")
def _():
    def gather_c():
        return """
        static void gather(const conv2d_t *layer, const int8_t *x, part_t part) {
          const window_t *w = &layer->window;
          int channels = w->in_channels, n = w->kernel_height * w->kernel_width * channels;
          int run = (part.right - part.left) * channels;
          if (run * (part.bottom - part.top) < n)
            for (int i = 0; i < n; i++) row_of_pixels[i] = (int8_t)layer->input_zero;
          const int8_t *from = x + first_pixel(w, part);
          int8_t *to = row_of_pixels + first_weight(w, part);
          for (int ky = part.top; ky < part.bottom; ky++) {
            for (int i = 0; i < run; i++) to[i] = from[i];
            from += w->in_width * channels, to += w->kernel_width * channels;
          }
        }
        """


@right("gather_kernel", "a run copied at once, by a small function of its own")
def _():
    def gather_c():
        return """
        static int8_t *zeros(int8_t *to, int n, int zero) {
          while (n-- > 0) *to++ = (int8_t)zero;
          return to;
        }

        static void gather(const conv2d_t *layer, const int8_t *x, part_t part) {
          const window_t *w = &layer->window;
          int n = w->in_channels, row = w->kernel_width * n, zero = layer->input_zero;
          int8_t *to = zeros(row_of_pixels, part.top * row, zero);
          x += first_pixel(w, part);
          for (int ky = part.top; ky < part.bottom; ky++, x += w->in_width * n) {
            to = zeros(to, part.left * n, zero);
            for (int i = 0; i < (part.right - part.left) * n; i++) *to++ = x[i];
            to = zeros(to, (w->kernel_width - part.right) * n, zero);
          }
          zeros(to, (w->kernel_height - part.bottom) * row, zero);
        }
        """


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
    "one factor for all output channels",
    {"narrow(&layer->output, o, sums[0])": "narrow(&layer->output, 0, sums[0])"},
)

wrong(
    "conv_kernel",
    "writes one channel too many",
    {"int other = o < last ? o + 1 : o;": "int other = o + 1;"},
)

wrong("conv_kernel", "forgets the bias", {"{layer->bias[o], layer->bias[other]}": "{0, 0}"})

wrong(
    "conv_kernel",
    "subtracts no zero point, as if the row held real numbers",
    {"n, layer->input_zero, sums": "n, 0, sums"},
)

wrong(
    "conv_kernel",
    "the weights of all pairs are those of the first",
    {"weights + o * n, weights + other * n": "weights, weights + n"},
)

wrong("conv_kernel", "C that does not compile", {"int other = o < last ? o + 1 : o;": ""})


@wrong("conv_kernel", "hands in a direct kernel")
def _():
    def conv_c():
        return """
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


@right("conv_kernel", "one loop over the places, and a step over two rows of weights")
def _():
    def conv_c():
        return """
        void conv2d(const conv2d_t *layer, const int8_t *x, int8_t *y) {
          const window_t *w = &layer->window;
          int n = w->kernel_height * w->kernel_width * w->in_channels;
          for (int place = 0; place < w->out_height * w->out_width; place++, y += w->out_channels) {
            gather(layer, x, part_at(w, place / w->out_width, place % w->out_width));
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
