import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

// jsdom has no media queries; tests run as a light, full-motion desktop.
window.matchMedia = (query) =>
  ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }) as unknown as MediaQueryList;

// Nor does it lay anything out, so nothing is ever resized.
const nothing = () => undefined;
window.ResizeObserver = class {
  observe = nothing;
  unobserve = nothing;
  disconnect = nothing;
};

afterEach(() => {
  cleanup();
  localStorage.clear();
});
