import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { backtestQuery, type CodeError } from "@/features/backtests/api";
import { codeErrorOf } from "@/features/backtests/logic/codeError";
import { useLiveJob } from "@/features/jobs/api";
import type { CodeMarker } from "@/ui/editor";
import { useDebounced } from "@/ui/useDebounced";

import { inspectionQuery, type StrategyDetail } from "../api";
import type { FileCounts } from "../files/FileTree";
import { sameMap, useStable } from "../files/useStable";
import { MAIN } from "../logic/project";
import { isNearlyTooLarge } from "../logic/size";
import type { EditingControl } from "./useEditing";
import { useLint } from "./useLint";

const INSPECT_MS = 400;

const sameCounts = (a: ReadonlyMap<string, FileCounts>, b: ReadonlyMap<string, FileCounts>) =>
  sameMap(a, b, (x, y) => x.errors === y.errors && x.warnings === y.warnings);

/** The error of the shown run in the terms of the code, while the editor still holds the code that ran. */
function useRunError(runId: string | null, version: number, dirty: boolean): CodeError | null {
  const { data } = useQuery({ ...backtestQuery(runId ?? ""), enabled: runId !== null });
  const { job } = useLiveJob(data?.job);
  return dirty || data?.version !== version ? null : codeErrorOf(job);
}

/** What is known of the files: the strategy class and its parameters, errors, the linter's findings. */
export function useProblems(strategy: StrategyDetail, control: EditingControl, active: string, runId: string | null) {
  const { editing, dirty } = control;
  const { project } = editing;
  const runError = useRunError(runId, editing.base.version, dirty);
  const rested = useDebounced(project, INSPECT_MS);
  const known = rested.code === strategy.code;
  const inspected = useQuery({ ...inspectionQuery(rested.code), enabled: !known });
  const inspection = known ? strategy.inspection : (inspected.data ?? strategy.inspection);
  const { errors } = inspection;
  const lint = useLint({ project, rested, active, syntaxErrors: errors.length, onChange: control.type });

  const markers = useMemo<CodeMarker[]>(
    () => [
      ...[...errors, ...(runError === null ? [] : [runError])].flatMap(({ line, file, type, message }) =>
        line === null || (file ?? MAIN) !== active ? [] : [{ line, message: `${type}: ${message}` }],
      ),
      ...lint.markers,
    ],
    [errors, runError, active, lint.markers],
  );
  const { files } = lint;
  const counted = useMemo(() => {
    const found = new Map<string, FileCounts>();
    const of = (path: string) => found.get(path) ?? { errors: 0, warnings: 0 };
    for (const { path, found: each } of files) {
      const wrong = each.filter(({ severity }) => severity === "error").length;
      found.set(path, { errors: wrong, warnings: each.length - wrong });
    }
    for (const { file } of errors) found.set(file ?? MAIN, { ...of(file ?? MAIN), errors: of(file ?? MAIN).errors + 1 });
    return found;
  }, [files, errors]);
  const counts = useStable(counted, sameCounts);
  let [wrong, doubtful] = [0, 0];
  for (const each of counts.values()) {
    wrong += each.errors;
    doubtful += each.warnings;
  }
  return {
    inspection,
    lint,
    /** Of the file in the editor. */
    markers,
    /** By path, for the tree. */
    counts,
    wrong,
    doubtful,
    failed: inspected.isError || lint.failed,
    tooLarge: useMemo(() => isNearlyTooLarge(rested), [rested]),
  };
}

export type Problems = ReturnType<typeof useProblems>;
