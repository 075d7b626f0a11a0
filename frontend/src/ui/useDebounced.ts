import { useEffect, useState } from "react";

/** Typing rests this long before the server is asked: fast enough to feel at once, slow enough not to ask per letter. */
export const TYPING_MS = 250;

/** Give the value once it has rested for this many milliseconds. */
export function useDebounced<Value>(value: Value, rest: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), rest);
    return () => clearTimeout(timer);
  }, [value, rest]);
  return settled;
}
