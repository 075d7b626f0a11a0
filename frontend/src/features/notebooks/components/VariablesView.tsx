import { useQuery } from "@tanstack/react-query";

import type { components } from "@/api/schema.gen";
import { Empty } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";

import { notebookTexts } from "../i18n";
import type { Kernel } from "../useKernel";

type Variable = components["schemas"]["Variable"];

/** The variables of the kernel, asked for again after each run. */
export function VariablesView({ kernel }: { kernel: Kernel }) {
  const t = notebookTexts.useText();
  const { state, last } = kernel.window;
  const quiet = state !== "busy" && state !== "starting";
  const variables = useQuery({
    queryKey: ["kernel-variables", kernel.document, last],
    queryFn: async () => {
      const answer = await kernel.ask({ type: "variables" });
      return answer?.type === "variable_list" ? answer.variables : [];
    },
    enabled: quiet,
    placeholderData: (before: Variable[] | undefined) => before,
  });
  const columns: Column<Variable>[] = [
    { key: "name", title: t("name"), value: ({ name }) => name },
    { key: "type", title: t("type"), value: ({ type }) => type },
    { key: "value", title: t("value"), value: ({ value }) => value, width: "minmax(120px, 3fr)" },
    { key: "size", title: t("size"), value: ({ size }) => size, width: "minmax(72px, 120px)" },
  ];
  return (
    <div className="interactive-runs">
      {!quiet && <div className="soft">{t("variablesBusy")}</div>}
      <DataTable
        label={t("variables")}
        columns={columns}
        rows={variables.data ?? []}
        rowKey={({ name }) => name}
        empty={<Empty title={t("variablesEmpty")} />}
      />
    </div>
  );
}
