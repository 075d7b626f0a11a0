/** Give the items with one of them at another place. */
export function moved<Item>(items: readonly Item[], item: Item, to: number): Item[] {
  const others = items.filter((other) => other !== item);
  return [...others.slice(0, to), item, ...others.slice(to)];
}

/** The group that is shown: the one asked for, else the first. */
export function chosenGroup<Group extends { id: string }>(groups: readonly Group[], wanted: string | null): Group | undefined {
  return groups.find(({ id }) => id === wanted) ?? groups[0];
}

/** A name that no group has yet: 我的自选, 我的自选 2 … */
export function freeName(groups: readonly { name: string }[], name: string): string {
  const taken = new Set(groups.map((group) => group.name));
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name} ${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
