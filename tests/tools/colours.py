"""Contrast of colours, as WCAG 2 defines it; they are written as #rgb or #rrggbb."""


def get_luminance(colour):
    digits = colour.strip()[1:]
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= .04045 else ((part + .055) / 1.055) ** 2.4 for part in parts]
    return .2126 * linear[0] + .7152 * linear[1] + .0722 * linear[2]


def get_contrast(a, b):
    low, high = sorted([get_luminance(a), get_luminance(b)])
    return (high + .05) / (low + .05)
