import type { LogLine } from "@/api/types";
import { levelWord } from "@/i18n/levels";
import { t } from "@/i18n/text";
import { dateTime } from "@/ui/format";
import { originKind, originWords } from "@/ui/originWords";
import type { DataColumn } from "@/ui/table/model";
import { accessWords } from "./accessWords";

interface Named {
  id?: string;
  label?: string;
  name?: string;
}

const LEVELS = ["group", "project", "subject", "session", "acquisition", "analysis", "collection", "file"];
const OTHERS = [
  ["user", t("user")],
  ["role", t("role")],
  ["device", t("device")],
  ["key", t("key")],
] as const;

const named = (line: LogLine, level: string): string => {
  const entry = line.context[level] as Named | undefined;
  return entry?.label || entry?.name || entry?.id || "";
};

/** What was touched: the innermost thing that the entry names. */
export function target(line: LogLine): string {
  const level = [...LEVELS].reverse().find((one) => named(line, one));
  if (level) return `${levelWord(level)} ${named(line, level)}`;
  for (const [one, word] of OTHERS) if (named(line, one)) return `${word} ${named(line, one)}`;
  return "";
}

/** The project that an entry names. */
export const projectId = (line: LogLine) => (line.context.project as Named | undefined)?.id;

function projectOf(line: LogLine, label: (id: string) => string | undefined): string {
  const entry = line.context.project as Named | undefined;
  return entry?.label || label(entry?.id ?? "") || entry?.id || "";
}

const seconds = (text: string) => `${dateTime(text)}:${text.slice(17, 19)}`;

/** The columns; entries name projects by id, `label` says what they are called now. */
export const logColumns = (label: (projectId: string) => string | undefined): DataColumn<LogLine>[] => [
  {
    id: "when",
    title: t("When"),
    width: 180,
    cell: (line) => seconds(line.timestamp),
    text: (line) => line.timestamp,
  },
  {
    id: "who",
    title: t("Who"),
    width: 210,
    cell: (line) => line.origin.id ?? originKind(line.origin.type),
    text: (line) => originWords(line.origin),
  },
  { id: "what", title: t("What"), width: 190, cell: (line) => accessWords(line.access_type) },
  { id: "target", title: t("Of"), width: 300, cell: target, text: target },
  {
    id: "project",
    title: t("Project"),
    width: 180,
    cell: (line) => projectOf(line, label),
    text: (line) => projectOf(line, label),
  },
  {
    id: "subject",
    title: t("Subject"),
    width: 140,
    cell: (line) => named(line, "subject"),
    text: (line) => named(line, "subject"),
  },
  {
    id: "request",
    title: t("Request"),
    width: 320,
    cell: (line) => `${line.request_method} ${line.request_path}`,
    text: (line) => `${line.request_method} ${line.request_path}`,
  },
];
