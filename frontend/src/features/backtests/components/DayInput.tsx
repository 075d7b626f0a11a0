import { DatePicker } from "antd";
import dayjs from "dayjs";

const FORMAT = "YYYY-MM-DD";

interface DayInputProps {
  id: string;
  "aria-describedby": string;
  status?: "error";
  /** ISO day, or empty. */
  value: string;
  onChange: (day: string) => void;
}

/** A calendar day, typed or picked, in the same order for every browser language. */
export function DayInput({ value, onChange, ...props }: DayInputProps) {
  return (
    <DatePicker
      {...props}
      style={{ width: "100%" }}
      format={FORMAT}
      placeholder={FORMAT}
      allowClear={false}
      value={value === "" ? null : dayjs(value)}
      onChange={(day) => onChange((day)?.format(FORMAT) ?? "")}
      // Enter takes the typed day; it must not send the form around it as well.
      onKeyDown={(event) => {
        if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault();
      }}
    />
  );
}
