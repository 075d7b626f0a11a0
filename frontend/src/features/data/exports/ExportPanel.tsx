import { useSearchParams } from "react-router";

import { ExportForm } from "./ExportForm";
import { ExportList } from "./ExportList";
import { codesOf } from "./request";
import "./exports.css";

/** Export stored bars, and take the files home. */
export default function ExportPanel() {
  const [search] = useSearchParams();
  const given = search.get("symbols") ?? "";
  return (
    <div className="exports">
      <ExportForm key={given} symbols={codesOf(given)} />
      <ExportList />
    </div>
  );
}
