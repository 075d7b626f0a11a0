import { useState } from "react";

/** Give the same object as before while it says the same, so that what is drawn from it need not be drawn anew. */
export function useStable<Value>(value: Value, same: (a: Value, b: Value) => boolean): Value {
  const [kept, setKept] = useState(value);
  if (kept === value || same(kept, value)) return kept;
  setKept(value);
  return value;
}

/** Whether two maps say the same. */
export function sameMap<Key, Value>(a: ReadonlyMap<Key, Value>, b: ReadonlyMap<Key, Value>, same: (x: Value, y: Value) => boolean = Object.is): boolean {
  return a.size === b.size && [...a].every(([key, value]) => {
    const other = b.get(key);
    return other !== undefined && same(value, other);
  });
}
