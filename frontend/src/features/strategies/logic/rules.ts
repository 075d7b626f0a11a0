import type { Language } from "@/app/prefs";

import type { Diagnostic } from "../api";
import { SYNTAX } from "./lint";

/** The linter speaks English; its commonest rules in Chinese. `{name}` is what the message names. */
const IN_CHINESE: Record<string, string> = {
  [SYNTAX]: "语法错误，Python 读不懂这里",
  E711: "与 None 比较请用 is None 或 is not None",
  E712: "不要与 True、False 比较，直接写条件",
  E722: "不写类型的 except 会吞掉所有错误，请写明异常类型",
  F401: "导入了 {name}，但没有用到",
  F541: "f 字符串里没有 {} 占位，可以去掉 f",
  F632: "与字面量比较请用 ==，不要用 is",
  F811: "{name} 重复定义，前面的定义没有用到",
  F821: "没有定义名称 {name}",
  F823: "局部变量 {name} 在赋值之前就被使用",
  F841: "局部变量 {name} 赋值后没有用到",
  B006: "默认参数是可变对象，每次调用会共用同一个，请改用 None",
  B007: "循环变量 {name} 没有用到",
  B008: "默认参数里的函数只在定义时执行一次，不是每次调用都执行",
  B023: "循环里定义的函数用到了变量 {name}，执行时取到的是最后一次的值",
};

/** What a finding says to a person. */
export function explainRule({ code, message }: Diagnostic, language: Language): string {
  const sentence = language === "zh" ? IN_CHINESE[code] : undefined;
  if (sentence === undefined) return message;
  const name = /`([^`]+)`/.exec(message)?.[1] ?? "";
  return sentence.replace("{name}", () => name);
}
