// Wheel, mouse, fingers and keys.
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import { FIRST_SPAN } from "./viewport.mjs";

// Pixels that a finger may slip in a tap, milliseconds between two, and how near they are.
const SLIP = 8, TWICE = 350, NEAR = 30;

// Places of pointers on the strip hold on to their times: one moves the view, two zoom it.
export function followPointers(box, strip, viewport, callipers, showCursor) {
  const pointers = new Map();
  let moved = 0, tapped = { at: -Infinity, x: 0 }, measured = null;
  const getX = event => event.clientX - strip.canvas.getBoundingClientRect().left;
  const hold = () => {
    for (const pointer of pointers.values())
      pointer.time = strip.getTime(pointer.x);
  };
  const follow = () => {
    const [a, b] = [...pointers.values()].sort((p, q) => p.x - q.x);
    const { left } = strip, width = strip.canvas.clientWidth - left;
    if (!b) {
      const begin = a.time - (a.x - left) / width * viewport.span;
      viewport.show(begin, begin + viewport.span);
    } else if (b.time > a.time) {
      const perPixel = (b.time - a.time) / Math.max(b.x - a.x, 20);
      viewport.show(a.time - (a.x - left) * perPixel, a.time + (left + width - a.x) * perPixel);
    }
  };
  const tap = x => {
    const isSecond = performance.now() - tapped.at < TWICE && Math.abs(x - tapped.x) < NEAR;
    tapped = { at: isSecond ? -Infinity : performance.now(), x };
    if (!isSecond)
      showCursor(x);
    else if (viewport.span > FIRST_SPAN)
      viewport.zoom(FIRST_SPAN / viewport.span, strip.getTime(x));
    else
      viewport.showAll();
  };

  box.addEventListener("pointerdown", event => {
    if (event.button)
      return;
    box.setPointerCapture(event.pointerId);
    const x = getX(event);
    if (event.shiftKey) {
      measured = strip.getTime(x);
      return;
    }
    pointers.set(event.pointerId, { x });
    moved = pointers.size === 1 ? 0 : Infinity;
    hold();
  });
  box.addEventListener("pointermove", event => {
    const pointer = pointers.get(event.pointerId), x = getX(event);
    if (measured !== null) {
      callipers.measure(measured, strip.getTime(x));
    } else if (pointer) {
      moved += Math.abs(x - pointer.x);
      pointer.x = x;
      if (moved > SLIP)
        follow();
    } else if (event.pointerType === "mouse") {
      showCursor(x);
    }
  });
  const release = event => {
    measured = null;
    if (!pointers.delete(event.pointerId))
      return;
    hold();
    if (event.type === "pointerup" && !pointers.size && moved <= SLIP)
      tap(getX(event));
  };
  box.addEventListener("pointerup", release);
  box.addEventListener("pointercancel", release);
  box.addEventListener("pointerleave", event => {
    if (event.pointerType === "mouse")
      showCursor(null);
  });
  box.addEventListener("wheel", event => {
    event.preventDefault();
    // Lines and pages of some mice, in pixels.
    const unit = [1, 16, 400][event.deltaMode];
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
      viewport.move(sideways * unit / strip.canvas.clientWidth * viewport.span);
    else
      viewport.zoom(Math.exp(event.deltaY * unit / 400), strip.getTime(getX(event)));
  }, { passive: false });
}

// Keys work anywhere on the page but in what takes them itself.
export function followKeys(commands) {
  addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented ||
        event.target.closest?.("input, select, textarea"))
      return;
    const command = commands[event.key];
    if (!command)
      return;
    event.preventDefault();
    command();
  });
}
