import { InfoCircleOutlined } from "@ant-design/icons";
import { Alert, Button, Checkbox, Input, Popover, Select } from "antd";

import { localText, useLanguage } from "@/app/i18n/local";
import { formatBytes, formatExact, formatPercent } from "@/ui/format";

import type { ColumnGuess, FileInspection } from "../api";
import { dataTexts } from "../i18n";
import { assign, fieldOf, FIELDS, missingFields, type Field, type FileEdit } from "../logic/mapping";
import "./data.css";

interface InspectionPanelProps {
  inspection: FileInspection;
  edit: FileEdit;
  onEdit: (edit: FileEdit) => void;
  onCheck: () => void;
  checking: boolean;
  /** Other files with the same columns. */
  twins: number;
  onSpread: () => void;
}

const DELIMITERS = { ",": "comma", "\t": "tab", ";": "semicolon", "|": "pipe" } as const;

/** What a file seems to hold, to check and correct before the import. */
export function InspectionPanel(props: InspectionPanelProps) {
  const { inspection, edit, onEdit, onCheck, checking, twins, onSpread } = props;
  const t = dataTexts.useText();
  const missing = missingFields(edit);
  const fixed = inspection.content === "actions" ? t("actionsLayout") : inspection.format === "tdx_day" || inspection.format === "tdx_minute" ? t("fixedLayout") : inspection.format === "qlib" ? t("qlibLayout") : null;
  return (
    <div className="inspection">
      <Facts inspection={inspection} edit={edit} onEdit={onEdit} />
      {missing.length > 0 && (
        <Alert type="error" showIcon title={t("missing", { fields: missing.map((field) => t(`field.${field}`)).join("、") })} description={t("missingHelp")} />
      )}
      {fixed !== null ? <p className="soft">{fixed}</p> : <Columns inspection={inspection} edit={edit} onEdit={onEdit} />}
      <div className="inspection-actions">
        <Checkbox checked={edit.skipBadRows} onChange={(event) => onEdit({ ...edit, skipBadRows: event.target.checked })}>
          {t("skipBadRows")} <span className="soft">{t("skipBadRowsHelp")}</span>
        </Checkbox>
        <span className="inspection-buttons">
          {twins > 0 && <Button onClick={onSpread}>{t("spread", { count: twins })}</Button>}
          <Button onClick={onCheck} loading={checking}>
            {t("check")}
          </Button>
        </span>
      </div>
    </div>
  );
}

function Why({ label, text }: { label: string; text: string }) {
  return (
    <Popover content={<div className="why">{text}</div>} trigger={["hover", "focus", "click"]}>
      <button type="button" className="why-button" aria-label={`${label}: ${text}`}>
        <InfoCircleOutlined aria-hidden />
      </button>
    </Popover>
  );
}

function Facts({ inspection, edit, onEdit }: Pick<InspectionPanelProps, "inspection" | "edit" | "onEdit">) {
  const t = dataTexts.useText();
  const language = useLanguage();
  const text = inspection.format === "csv";
  const actions = inspection.content === "actions";
  const symbolColumn = edit.mapping.symbol;
  return (
    <div className="inspection-facts">
      <div>
        <span className="soft">{t("format")}</span>
        <span>
          {t(`format.${inspection.format}`)} · {t(inspection.content === "actions" ? "content.actions" : `layout.${inspection.layout}`)}
        </span>
      </div>
      <div>
        <span className="soft">{t("rowsInFile")}</span>
        <span>{inspection.rows === null ? t("rowsUnknown") : formatExact(inspection.rows)}</span>
      </div>
      <div>
        <span className="soft">{t("size")}</span>
        <span>{formatBytes(inspection.size)}</span>
      </div>
      {text && (
        <>
          <label>
            <span className="soft">{t("encoding")}</span>
            <Select
              size="small"
              value={edit.encoding?.toLowerCase().startsWith("utf") === true ? "utf-8" : edit.encoding === null ? null : "gb18030"}
              onChange={(encoding) => onEdit({ ...edit, encoding })}
              options={[
                { value: "utf-8", label: "UTF-8" },
                { value: "gb18030", label: "GB18030 / GBK" },
              ]}
            />
          </label>
          <label>
            <span className="soft">{t("delimiter")}</span>
            <Select
              size="small"
              value={edit.delimiter}
              onChange={(delimiter) => onEdit({ ...edit, delimiter })}
              options={Object.entries(DELIMITERS).map(([value, name]) => ({ value, label: t(`delimiter.${name}`) }))}
            />
          </label>
        </>
      )}
      {!(actions && !edit.needsSymbol && inspection.symbol === null) && (
        <label>
          <span className="soft">{t("symbol")}</span>
          {symbolColumn === undefined ? (
            <Input
              size="small"
              value={edit.symbol}
              maxLength={40}
              placeholder="600519.SH"
              title={t("symbolHelp")}
              {...(edit.symbol.trim() === "" ? { status: "error" as const } : {})}
              onChange={(event) => onEdit({ ...edit, symbol: event.target.value })}
            />
          ) : (
            <span>{t("symbolFromColumn", { column: symbolColumn })}</span>
          )}
        </label>
      )}
      {!actions && (
        <label>
          <span className="soft">
            {t("volumeUnit")} <Why label={t("volumeUnit")} text={localText(inspection, "volume_unit_why", language)} />
          </span>
          <Select<FileEdit["volumeUnit"]>
            size="small"
            value={edit.volumeUnit}
            onChange={(volumeUnit) => onEdit({ ...edit, volumeUnit })}
            options={[
              { value: "share", label: t("volumeUnit.share") },
              { value: "lot", label: t("volumeUnit.lot") },
            ]}
          />
        </label>
      )}
    </div>
  );
}

const NONE = "";

function Columns({ inspection, edit, onEdit }: Pick<InspectionPanelProps, "inspection" | "edit" | "onEdit">) {
  const t = dataTexts.useText();
  const language = useLanguage();
  const options = [{ value: NONE, label: t("ignored") }, ...FIELDS.map((value) => ({ value, label: t(`field.${value}`) }))];
  const whyOf = (column: ColumnGuess) => `${localText(column, "why", language)} ${t("confidence", { share: formatPercent(column.confidence, { digits: 0 }) })}`;
  return (
    <div className="preview-scroll">
      <table className="preview">
        <caption className="visually-hidden">{t("columns")}</caption>
        <thead>
          <tr>
            {inspection.columns.map((column) => (
              <th key={column.name} scope="col">
                {column.name} <span className="soft">{column.type}</span>
              </th>
            ))}
          </tr>
          <tr>
            {inspection.columns.map((column) => {
              const field = fieldOf(edit.mapping, column.name);
              return (
                <td key={column.name} data-used={field !== null}>
                  <span className="meaning">
                    <Select<Field | typeof NONE>
                      size="small"
                      aria-label={`${column.name}: ${t("meaning")}`}
                      popupMatchSelectWidth={false}
                      value={field ?? NONE}
                      onChange={(value) => onEdit({ ...edit, mapping: assign(edit.mapping, column.name, value === NONE ? null : value) })}
                      options={options}
                    />
                    <Why label={column.name} text={whyOf(column)} />
                  </span>
                </td>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {inspection.head.map((row, index) => (
            <tr key={index}>
              {inspection.columns.map((column, place) => (
                <td key={column.name} data-used={fieldOf(edit.mapping, column.name) !== null}>
                  {row[place]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
