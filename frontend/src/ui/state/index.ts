export { Empty } from "./Empty";
export { ErrorPanel } from "./ErrorPanel";
export { Loading, Skeleton } from "./Loading";
export { ProgressLine } from "./ProgressLine";
