"""Proofs for d08_convolution: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("conv_sums", "padding is the int8 number 0, and so minus the zero point")
def _():
    def conv_sums(x, weights, bias, zero, stride=(1, 1), padding=(0, 0, 0, 0)):
        top, left, bottom, right = padding
        framed = np.pad(x.astype(int), ((top, bottom), (left, right), (0, 0))) - zero
        _, tall, wide, _ = weights.shape
        rows = range(0, framed.shape[0] - tall + 1, stride[0])
        columns = range(0, framed.shape[1] - wide + 1, stride[1])
        w = weights.astype(int)
        out = [
            [(framed[r : r + tall, c : c + wide] * w).sum(axis=(1, 2, 3)) for c in columns]
            for r in rows
        ]
        return np.array(out) + np.asarray(bias)


wrong(
    "conv_sums",
    "subtracts in int8",
    {"x[row, column].astype(np.int64) - zero": "x[row, column] - np.int8(zero)"},
)

wrong(
    "conv_sums",
    "takes the strides in the wrong order",
    {
        "oy * stride[0]": "oy * stride[1]",
        "ox * stride[1]": "ox * stride[0]",
        "tall) // stride[0]": "tall) // stride[1]",
        "wide) // stride[1]": "wide) // stride[0]",
    },
)

wrong("conv_sums", "the same padding below as above", {"height + top + bottom": "height + 2 * top"})

wrong("conv_sums", "one row and column too few", {"stride[0] + 1": "stride[0]"})

wrong(
    "conv_sums",
    "adds the pixel and forgets the zero point",
    {".astype(np.int64) - zero": ".astype(np.int64)"},
)


wrong(
    "conv_sums",
    "the kernel turned by half a turn, as the mathematical convolution has it",
    {"weights[:, ky, kx]": "weights[:, tall - 1 - ky, wide - 1 - kx]"},
)

wrong(
    "conv_sums",
    "the kernel's rows and columns in the other order, where it is square",
    {"weights[:, ky, kx]": "(weights.swapaxes(1, 2) if tall == wide else weights)[:, ky, kx]"},
)


@right("conv_sums", "pads with the zero point, and one einsum")
def _():
    from numpy.lib.stride_tricks import sliding_window_view

    def conv_sums(x, weights, bias, zero, stride=(1, 1), padding=(0, 0, 0, 0)):
        top, left, bottom, right = padding
        centred = x.astype(np.int64) - zero
        framed = np.pad(centred, ((top, bottom), (left, right), (0, 0)))
        views = sliding_window_view(framed, weights.shape[1:3], axis=(0, 1))
        views = views[:: stride[0], :: stride[1]]
        return np.einsum("yxckl,oklc->yxo", views, weights.astype(np.int64)) + np.asarray(bias)


wrong("patch_rows", "pads with 0", {"constant_values=zero": "constant_values=0"})

wrong(
    "patch_rows",
    "channel by channel in a row",
    {".ravel()": ".transpose(2, 0, 1).ravel()"},
)


@wrong("patch_rows", "the places column by column")
def _():
    def patch_rows(x, kernel, zero, stride=(1, 1), padding=(0, 0, 0, 0)):
        top, left, bottom, right = padding
        framed = np.pad(x, ((top, bottom), (left, right), (0, 0)), constant_values=zero)
        (tall, wide), (height, width, _) = kernel, framed.shape
        rows = [
            framed[row : row + tall, column : column + wide].ravel()
            for column in range(0, width - wide + 1, stride[1])
            for row in range(0, height - tall + 1, stride[0])
        ]
        return np.array(rows)


wrong("patch_rows", "one stride for both ways", {"wide + 1, stride[1]": "wide + 1, stride[0]"})

wrong("patch_rows", "numbers of 64 bits", {"np.pad(x,": "np.pad(x.astype(int),"})

wrong(
    "patch_rows",
    "the same padding on opposite sides",
    {"((top, bottom), (left, right), (0, 0))": "((top, top), (left, left), (0, 0))"},
)


@right("patch_rows", "asks at each pixel whether it lies on the image")
def _():
    def patch_rows(x, kernel, zero, stride=(1, 1), padding=(0, 0, 0, 0)):
        height, width, channels = x.shape
        down = (height + padding[0] + padding[2] - kernel[0]) // stride[0] + 1
        across = (width + padding[1] + padding[3] - kernel[1]) // stride[1] + 1
        rows = np.full((down * across, *kernel, channels), zero, np.int8)
        for place in range(down * across):
            top = place // across * stride[0] - padding[0]
            left = place % across * stride[1] - padding[1]
            for ky in range(kernel[0]):
                for kx in range(kernel[1]):
                    if 0 <= top + ky < height and 0 <= left + kx < width:
                        rows[place, ky, kx] = x[top + ky, left + kx]
        return rows.reshape(down * across, -1)


@wrong("direct_kernel", "hands in the six loops")
def _():
    def direct_c():
        return SIX_LOOPS


wrong("direct_kernel", "forgets the zero point", {"(p[i] - zero)": "p[i]"})

wrong("direct_kernel", "walks over the upper edge", {"top = larger(0, -row)": "top = 0"})

wrong(
    "direct_kernel",
    "a kernel that is cut off at the edge begins with its first weight",
    {"layer->weights + top * kernel_row + left * w->in_channels": "layer->weights"},
)

wrong("direct_kernel", "one factor for all output channels", {"o, sum);": "0, sum);"})

wrong("direct_kernel", "one stride for both ways", {"ox * w->stride_across": "ox * w->stride_down"})

wrong(
    "direct_kernel",
    "clears a byte behind each output",
    {"*y++ = narrow(&layer->output, o, sum);": "*y++ = narrow(&layer->output, o, sum), *y = 0;"},
)

wrong("direct_kernel", "a loop that never ends", {"ox++": "ox += 0"})

wrong(
    "direct_kernel",
    "writes where no memory is",
    {"*y++ = narrow": "((int8_t *)0x70000000)[o] = *y++ = narrow"},
)

wrong("direct_kernel", "C that does not compile", {"int32_t zero = layer->input_zero;": ""})


@right("direct_kernel", "with the firmware's own window.h")
def _():
    def direct_c():
        return """
        #include "window.h"

        void conv2d(const conv2d_t *layer, const int8_t *x, int8_t *y) {
          const window_t *w = &layer->window;
          int kernel_bytes = w->kernel_height * w->kernel_width * w->in_channels;
          for (int oy = 0; oy < w->out_height; oy++) {
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
        }
        """


@right("direct_kernel", "asks once for each pixel, and loops over its channels with pointers")
def _():
    def direct_c():
        return """
        #include "kernels.h"

        void conv2d(const conv2d_t *layer, const int8_t *x, int8_t *y) {
          const window_t *w = &layer->window;
          int32_t zero = layer->input_zero;
          int channels = w->in_channels;
          for (int oy = 0; oy < w->out_height; oy++)
            for (int ox = 0; ox < w->out_width; ox++) {
              const int8_t *q = layer->weights;
              for (int o = 0; o < w->out_channels; o++) {
                int32_t sum = layer->bias[o];
                for (int ky = 0; ky < w->kernel_height; ky++)
                  for (int kx = 0; kx < w->kernel_width; kx++, q += channels) {
                    int row = oy * w->stride_down + ky - w->pad_top;
                    int column = ox * w->stride_across + kx - w->pad_left;
                    if (row < 0 || row >= w->in_height || column < 0 || column >= w->in_width) continue;
                    const int8_t *p = x + (row * w->in_width + column) * channels;
                    for (int c = 0; c < channels; c++) sum += (p[c] - zero) * q[c];
                  }
                *y++ = narrow(&layer->output, o, sum);
              }
            }
        }
        """


wrong(
    "layer_work",
    "copies a row for each output channel",
    {'"copied": places * values': '"copied": places * values * outputs'},
)

wrong(
    "layer_work",
    "starts a run once for all output channels",
    {"len(across) * outputs": "len(across)"},
)

wrong(
    "layer_work",
    "multiplies the padding too",
    {"sum(down) * sum(across) * shape[2] * outputs": "places * values * outputs"},
)

wrong(
    "layer_work",
    "the same padding on opposite sides",
    {"size + padding[axis + 2] - k": "size + padding[axis] - k"},
)

wrong(
    "layer_work",
    "forgets the channels",
    {"sum(across) * shape[2] * outputs": "sum(across) * outputs"},
)

wrong(
    "layer_work",
    "counts kernel rows over the edge as runs",
    {"sum(down) * len(across) * outputs": "kernel[0] * places * outputs"},
)


@right("layer_work", "marks the pixels on an image of ones")
def _():
    def layer_work(shape, outputs, kernel, stride=(1, 1), padding=(0, 0, 0, 0)):
        top, left, bottom, right = padding
        ones = np.pad(np.ones(shape[:2], int), ((top, bottom), (left, right)))
        rows = range(0, ones.shape[0] - kernel[0] + 1, stride[0])
        columns = range(0, ones.shape[1] - kernel[1] + 1, stride[1])
        windows = [ones[r : r + kernel[0], c : c + kernel[1]] for r in rows for c in columns]
        copied = len(windows) * kernel[0] * kernel[1] * shape[2]
        return {
            "copied": copied,
            "products": copied * outputs,
            "places": len(windows),
            "inside": int(sum(w.sum() for w in windows)) * shape[2] * outputs,
            "runs": int(sum(w.any(axis=1).sum() for w in windows)) * outputs,
        }


wrong(
    "patch_kernel",
    "leaves the row as it was where padding is",
    {
        "*to++ = on_image ? (int16_t)(from[c] - layer->input_zero) : 0;": "{ if (on_image) *to = (int16_t)(from[c] - layer->input_zero); to++; }"
    },
)

wrong(
    "patch_kernel",
    "padding is the zero point, though it was subtracted",
    {": 0;": ": (int16_t)layer->input_zero;"},
)

wrong(
    "patch_kernel",
    "fills the row anew for each output channel",
    {
        "      fill(layer, x, oy * w->stride_down - w->pad_top, ox * w->stride_across - w->pad_left);\n": "",
        "int32_t sum = layer->bias[o];": "fill(layer, x, oy * w->stride_down - w->pad_top, ox * w->stride_across - w->pad_left);\n        int32_t sum = layer->bias[o];",
    },
)

wrong(
    "patch_kernel",
    "stores the difference in int8, where it does not fit",
    {
        "static int16_t patch[VALUES]": "static int8_t patch[VALUES]",
        "int16_t *to": "int8_t *to",
        "(int16_t)": "(int8_t)",
    },
)

wrong(
    "patch_kernel",
    "on the stack",
    {
        "static int16_t patch[VALUES];\n\n": "",
        "const int8_t *x, int top, int left)": "const int8_t *x, int top, int left, int16_t *patch)",
        "      fill(layer, x,": "      int16_t patch[VALUES];\n      fill(layer, x,",
        "- w->pad_left);": "- w->pad_left, patch);",
    },
)

wrong("patch_kernel", "room for two rows", {"patch[VALUES];": "patch[2 * VALUES];"})

wrong(
    "patch_kernel",
    "a second row in RAM",
    {
        "static int16_t patch[VALUES];": "static int16_t patch[VALUES];\n"
        "static volatile int16_t spare[VALUES];",
        "int32_t sum = layer->bias[o];": "spare[o % VALUES] = 1; int32_t sum = layer->bias[o];",
    },
)

wrong("patch_kernel", "the weights of the first output channel for all", {", taps += VALUES": ""})

wrong("patch_kernel", "one factor for all output channels", {"o, sum);": "0, sum);"})

wrong("patch_kernel", "a loop that never ends", {"ox++": "ox += 0"})


@wrong("patch_kernel", "a direct kernel beside a row that nothing fills")
def _():
    def patch_c(values):
        row = '#include "kernels.h"\nstatic int16_t patch[%d];\n' % values
        text = direct_c().replace('#include "kernels.h"\n', row)
        zero = "  int32_t zero = layer->input_zero;\n"
        return text.replace(zero, zero + "  *(volatile int16_t *)patch = 0;\n")


@right("patch_kernel", "the length from the layer, and two output channels in one pass")
def _():
    def patch_c(values):
        return (
            '#include "kernels.h"\nstatic int16_t patch[%d];' % values
            + """
        void conv2d(const conv2d_t *layer, const int8_t *x, int8_t *y) {
          const window_t *w = &layer->window;
          int n = w->kernel_height * w->kernel_width * w->in_channels, outputs = w->out_channels;
          for (int place = 0; place < w->out_height * w->out_width; place++) {
            int top = place / w->out_width * w->stride_down - w->pad_top;
            int left = place % w->out_width * w->stride_across - w->pad_left, k = 0;
            for (int ky = 0; ky < w->kernel_height; ky++)
              for (int kx = 0; kx < w->kernel_width; kx++) {
                int r = top + ky, c = left + kx;
                int is_out = r < 0 || r >= w->in_height || c < 0 || c >= w->in_width;
                for (int i = 0; i < w->in_channels; i++, k++)
                  patch[k] = is_out ? 0 : x[(r * w->in_width + c) * w->in_channels + i] - layer->input_zero;
              }
            for (int o = 0; o < outputs; o += 2) {
              int other = o + 1 < outputs ? o + 1 : o;
              const int8_t *a = layer->weights + o * n, *b = layer->weights + other * n;
              int32_t sum = layer->bias[o], next = layer->bias[other];
              for (int i = 0; i < n; i++) sum += patch[i] * a[i], next += patch[i] * b[i];
              y[o] = narrow(&layer->output, o, sum);
              y[other] = narrow(&layer->output, other, next);
            }
            y += outputs;
          }
        }
        """
        )


wrong(
    "fit_prices",
    "plain least squares: the large layers decide",
    {"counts / taken[:, None], np.ones(len(taken))": "counts, taken"},
)

wrong(
    "fit_prices",
    "divides the counts only",
    {"np.ones(len(taken))": "taken"},
)

wrong(
    "fit_prices",
    "adds a fixed price of its own",
    {"counts / taken[:, None]": "np.column_stack([counts, np.ones(len(counts))]) / taken[:, None]"},
)

wrong(
    "fit_prices",
    "divides by the root",
    {"counts / taken[:, None], np.ones(len(taken))": "counts / taken[:, None] ** 0.5, taken**0.5"},
)


@right("fit_prices", "the normal equations")
def _():
    def fit_prices(counts, taken):
        shares = np.asarray(counts, float) / np.asarray(taken, float)[:, None]
        scale = np.linalg.norm(shares, axis=0)
        q, r = np.linalg.qr(shares / scale)
        return np.linalg.solve(r, q.T @ np.ones(len(shares))) / scale
