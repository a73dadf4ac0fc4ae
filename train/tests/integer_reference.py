"""docs/arithmetic.md written a second time, with integer loops over one image: slow, and shares nothing with quant.py."""

import numpy as np


def requant(v, m, b, s, lo, hi):
    return np.clip((v * m + b + (1 << (s - 1))) >> s, lo, hi)


def convolution(x, w, stride, groups=1):
    """x: [c, h, w] int64; w: [o, i, k, k]; zero padding."""
    out, inputs, k, _ = w.shape
    pad = k // 2
    padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    rows, columns = -(-x.shape[1] // stride), -(-x.shape[2] // stride)
    acc = np.zeros((out, rows, columns), np.int64)
    per_group = out // groups
    for o in range(out):
        for i in range(inputs):
            source = padded[(o // per_group) * inputs + i]
            for dy in range(k):
                for dx in range(k):
                    part = source[dy:dy + rows * stride:stride, dx:dx + columns * stride:stride][:rows, :columns]
                    acc[o] += int(w[o, i, dy, dx]) * part
    return acc


def up2(x, size):
    rows, columns = size
    out = np.zeros((x.shape[0], rows, columns), np.int64)
    for y in range(rows):
        ny = y >> 1
        oy = min(max(ny - 1 if y % 2 == 0 else ny + 1, 0), x.shape[1] - 1)
        for c in range(columns):
            nx = c >> 1
            ox = min(max(nx - 1 if c % 2 == 0 else nx + 1, 0), x.shape[2] - 1)
            out[:, y, c] = (9 * x[:, ny, nx] + 3 * x[:, ny, ox] + 3 * x[:, oy, nx] + x[:, oy, ox] + 8) >> 4
    return out


def pool2(x):
    rows, columns = -(-x.shape[1] // 2), -(-x.shape[2] // 2)
    y = [np.minimum(2 * np.arange(rows) + d, x.shape[1] - 1) for d in (0, 1)]
    c = [np.minimum(2 * np.arange(columns) + d, x.shape[2] - 1) for d in (0, 1)]
    return (sum(x[:, a][:, :, b] for a in y for b in c) + 2) >> 2


def up8_argmax(total, width, height):
    """Classes at the image's size, from T."""
    def taps(length, coarse):
        found = []
        for v in range(length):
            i = (v - 4) // 8
            j = v - 4 - 8 * i
            found.append((min(max(i, 0), coarse - 1), min(max(i + 1, 0), coarse - 1), 16 - (2 * j + 1), 2 * j + 1))
        return found
    rows, columns = taps(height, total.shape[1]), taps(width, total.shape[2])
    out = np.zeros((height, width), np.int64)
    for y, (y0, y1, a0, a1) in enumerate(rows):
        line = a0 * total[:, y0] + a1 * total[:, y1]
        for x, (x0, x1, b0, b1) in enumerate(columns):
            out[y, x] = np.argmax(b0 * line[:, x0] + b1 * line[:, x1])
    return out


def run(model, pixels):
    """{output: (T, class map)} of a QuantItNet's integers; pixels: [3, h, w] 0…255."""
    d, bits = model.description, model.bits
    layers = {k: (*[t.numpy() for t in l.integers()], l.shift, l.low, l.high)
              for k, l in model.layers(d.iterations).items()}

    def layer(key, x, stride=1, groups=1):
        w, m, b, s, lo, hi = layers[key]
        return requant(convolution(x, w, stride, groups), m[:, None, None], b[:, None, None], s, lo, hi)

    x = pixels.astype(np.int64) if d.pixels == "unit" else 2 * pixels.astype(np.int64) - 255
    x = layer("data_1", layer("data_0", x, 2), 2)
    states = []
    for j in range(2, d.data_layers):
        x = layer(f"data_{j}", x, 2)
        states.append(x)
    r_hi = (1 << (bits.act_state + 3)) - 1
    s_hi = (1 << (bits.act_state - 1)) - 1
    outputs = {}
    for n in range(d.iterations):
        new = []
        for l, own in enumerate(states):
            parts = [own]
            if l + 1 < d.scales:
                parts.append(up2(states[l + 1], own.shape[1:]))
            if d.mixing == "bidirectional" and l > 0:
                parts.append(pool2(states[l - 1]))
            x = np.concatenate(parts)
            for k in range(d.blocks):
                base = f"iter_{d.set_of(n)}_{l}_{k}"
                h = layer(f"{base}_expand", x)
                h = layer(f"{base}_depthwise", h, groups=h.shape[0])
                q = 2 if k == 0 else 2 + model.mid_shift
                r = np.clip(layer(f"{base}_project", h) + (own << q), -r_hi - 1, r_hi)
                _, m, b, s, lo, hi = layers[f"affine_{n}_{l}"]
                if k + 1 < d.blocks:
                    x = own = requant(r, 1 << (s - 2 - model.mid_shift), 0, s, -s_hi - 1, s_hi)
            new.append(requant(r, m[:, None, None], b[:, None, None], s, lo, hi))
        states = new
        if n + 1 in d.outputs:
            total = 0
            for l, state in enumerate(states):
                logits = layer(f"head_{n}_{l}", state)
                for finer in range(l - 1, -1, -1):
                    logits = up2(logits, states[finer].shape[1:])
                total = total + logits
            outputs[n + 1] = total, up8_argmax(total, *d.image)
    return outputs
