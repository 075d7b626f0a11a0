import { describe, expect, it } from "vitest";

import { strengthOf } from "./strength";

describe("the strength of a password", () => {
  it.each([
    ["", "short"],
    ["Ab1!xyz", "short"],
    ["aaaaaaaaaaaaaaaaaaaa", "weak"],
    ["123456789", "weak"],
    ["password1234", "weak"],
    ["abcabcabc", "weak"],
    ["sunflower7", "fair"],
    ["correct horse battery staple", "strong"],
    ["k3#Vm9!pQ2xT", "strong"],
    ["风吹草低见牛羊 2024 Abc", "strong"],
  ])("%s is %s", (password, strength) => expect(strengthOf(password)).toBe(strength));
});
