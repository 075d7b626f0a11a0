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

afterEach(() => {
  cleanup();
  localStorage.clear();
});
