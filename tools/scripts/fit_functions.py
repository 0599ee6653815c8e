"""Fits the polynomials and rationals of dialect/ElementaryFunctions.h.

    python3 fit_functions.py

Each fit minimises the largest relative error of the part of the function that
is approximated (Lawson's iteratively reweighted least squares on Chebyshev
nodes; for rationals after linearising p(x) - f(x) q(x) = 0, as in Sanathanan
and Koerner, 1963). Coefficients are printed lowest degree first, rounded to
float32, with the largest relative error of the rounded form in exact arithmetic
(one float32 ULP is between 6e-8 and 1.2e-7).
"""
import numpy as np
from mpmath import mp, mpf

mp.prec = 120


def nodes(low, high, count):
    return 0.5 * (low + high) + 0.5 * (high - low) * np.cos(
        np.pi * (np.arange(count) + 0.5) / count)


def lawson(columns, target, rounds=60):
    """Least squares with weights driven towards the minimax solution."""
    weights = np.ones(len(target))
    for _ in range(rounds):
        root = np.sqrt(weights)[:, None]
        solution = np.linalg.lstsq(columns * root, target * root[:, 0], rcond=None)[0]
        weights *= np.abs(columns @ solution - target) + 1e-30
        weights /= weights.sum() / len(weights)
    return solution


def rational(function, low, high, numerator, denominator, weight=lambda t: 1.0):
    """p(t)/q(t) ~ function(t), scaled to q(0) = 1. The relative error counts `weight`
    times."""
    scaled = nodes(low / high, 1.0, 2000)
    f = np.array([float(function(mpf(float(v * high)))) for v in scaled])
    w = np.array([float(weight(mpf(float(v * high)))) for v in scaled])
    t = scaled.astype(np.longdouble)
    q = np.ones_like(t)
    for _ in range(30):
        columns = np.concatenate(
            [np.vander(t, numerator + 1, increasing=True) / (f * q)[:, None],
             -np.vander(t, denominator + 1, increasing=True)[:, 1:] / q[:, None]], 1)
        solution = lawson((columns * w[:, None]).astype(float), (w / q).astype(float),
                          rounds=40)
        p_coefficients = solution[:numerator + 1]
        q_coefficients = np.concatenate([[1.0], solution[numerator + 1:]])
        q = np.polyval(q_coefficients[::-1], t)
    return (p_coefficients / high ** np.arange(numerator + 1),
            q_coefficients / high ** np.arange(denominator + 1))


def report(name, function, low, high, p, q=None):
    p = np.float32(p)
    q = np.float32([1.0] if q is None else q)
    t = np.linspace(low, high, 4001)
    f = np.array([float(function(mpf(float(v)))) for v in t])
    r = np.polyval(p[::-1].astype(float), t) / np.polyval(q[::-1].astype(float), t)
    print(f"{name} on [{low:.4g}, {high:.4g}]: {np.abs(r / f - 1).max():.2e}")
    for label, coefficients in (("p", p), ("q", q)):
        print("  ", label, ", ".join(f"{float(c).hex()}" for c in coefficients))


def main():
    half = float(mp.log(2) / 2)
    # exp(r) = 1 + r + r^2 p(r)
    f = lambda r: (mp.exp(r) - 1 - r) / r**2 if r else mpf(0.5)
    p, _ = rational(f, -half * 1.01, half * 1.01, 5, 0)
    report("exp: (exp(r) - 1 - r) / r^2", f, -half, half, p)
    # exp(-r) = 1 + r p(r), whose error is r exp(r) times that of p
    f = lambda r: (mp.exp(-r) - 1) / r if r else mpf(-1)
    p, _ = rational(f, -half * 1.01, half * 1.01, 4, 0, lambda r: abs(r * f(r) * mp.exp(r)))
    report("sigmoid: (exp(-r) - 1) / r", f, -half, half, p)
    # tanh(x) = x p(x^2) / q(x^2)
    f = lambda t: mp.tanh(mp.sqrt(t)) / mp.sqrt(t) if t else mpf(1)
    p, q = rational(f, 0.0, 72.25, 4, 4)
    report("tanh: tanh(x) / x in x^2", f, 0.0, 72.25, p, q)
    # erf(x) = x p(x^2) / q(x^2)
    f = lambda t: mp.erf(mp.sqrt(t)) / mp.sqrt(t) if t else 2 / mp.sqrt(mp.pi)
    p, q = rational(f, 0.0, 16.0, 6, 4)
    report("erf: erf(x) / x in x^2", f, 0.0, 16.0, p, q)
    # log(1 + u) = u p(u) / q(u)
    f = lambda u: mp.log(1 + u) / u if u else mpf(1)
    p, q = rational(f, 0.0, 1.0, 4, 4)
    report("log1p: log(1 + u) / u", f, 0.0, 1.0, p, q)
    # log(1 + u) = u - u^2 / 2 + u^3 p(u)
    f = lambda u: (mp.log(1 + u) - u + u**2 / 2) / u**3 if u else 1 / mpf(3)
    low, high = float(mp.sqrt(0.5)) - 1, float(mp.sqrt(2)) - 1
    p, _ = rational(f, low, high, 7, 0)
    report("log: (log(1 + u) - u + u^2 / 2) / u^3", f, low, high, p)


if __name__ == "__main__":
    main()
