import type { LogLine } from "@/api/types";
import { dateTime } from "@/ui/format";
import type { DataColumn } from "@/ui/table/model";

/** A type of entry as people say it. */
export const words = (type: string) =>
  type.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());

interface Named {
  id?: string;
  label?: string;
  name?: string;
}

const LEVELS = ["group", "project", "subject", "session", "acquisition", "analysis", "collection", "file"];

const named = (line: LogLine, level: string): string => {
  const entry = line.context[level] as Named | undefined;
  return entry?.label || entry?.name || entry?.id || "";
};

/** What was touched: the innermost thing that the entry names. */
export function target(line: LogLine): string {
  const level = [...LEVELS].reverse().find((one) => named(line, one));
  if (level) return `${level} ${named(line, level)}`;
  for (const one of ["user", "role", "device", "key"])
    if (named(line, one)) return `${one} ${named(line, one)}`;
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
    title: "When",
    width: 180,
    cell: (line) => seconds(line.timestamp),
    text: (line) => line.timestamp,
  },
  {
    id: "who",
    title: "Who",
    width: 210,
    cell: (line) => line.origin.id ?? line.origin.type,
    text: (line) => `${line.origin.type} ${line.origin.id ?? ""}`,
  },
  { id: "what", title: "What", width: 190, cell: (line) => words(line.access_type) },
  { id: "target", title: "Of", width: 300, cell: target, text: target },
  {
    id: "project",
    title: "Project",
    width: 180,
    cell: (line) => projectOf(line, label),
    text: (line) => projectOf(line, label),
  },
  {
    id: "subject",
    title: "Subject",
    width: 140,
    cell: (line) => named(line, "subject"),
    text: (line) => named(line, "subject"),
  },
  {
    id: "request",
    title: "Request",
    width: 320,
    cell: (line) => `${line.request_method} ${line.request_path}`,
    text: (line) => `${line.request_method} ${line.request_path}`,
  },
];
