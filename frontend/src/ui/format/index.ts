export * from "./dates";
export * from "./numbers";
export { Change, Money } from "./Values";
