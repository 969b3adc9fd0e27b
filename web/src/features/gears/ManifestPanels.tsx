import { Code, Text } from "@mantine/core";
import type { Input, Manifest, Option } from "@/api/gears";
import { t } from "@/i18n/text";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";

const takes = (input: Input) => {
  if (input.base === "api-key")
    return input["read-only"] ? t("a key that only reads") : t("a key of the starter");
  if (input.base === "context") return t("a value set on the container or above");
  return input.type?.enum ? t("a file: {types}", { types: input.type.enum.join(", ") }) : t("any file");
};

function bounds({ minimum, maximum }: Option): string {
  if (minimum === undefined) return maximum === undefined ? "" : t("to {maximum}", { maximum });
  return maximum === undefined
    ? t("from {minimum}", { minimum })
    : t("from {minimum} to {maximum}", { minimum, maximum });
}

const allowed = (option: Option) =>
  [option.enum ? option.enum.map(String).join(", ") : (option.type ?? t("any value")), bounds(option)]
    .filter(Boolean)
    .join(" ");

const preset = ({ default: value, optional }: Option) =>
  value === undefined
    ? optional
      ? ""
      : t("to be given")
    : typeof value === "string"
      ? value
      : JSON.stringify(value);

/** What a run is given, what it can be told, and the manifest itself. */
export function ManifestPanels({ manifest }: { manifest: Manifest }) {
  return (
    <>
      <Panel title={t("Inputs")} flush>
        {Object.keys(manifest.inputs).length === 0 ? (
          <Text c="dimmed" size="sm" p="md">
            {t("It needs none.")}
          </Text>
        ) : (
          <SimpleTable
            label={t("Inputs")}
            rows={Object.entries(manifest.inputs)}
            rowKey={([name]) => name}
            columns={[
              { head: t("Input"), cell: ([name]) => name },
              { head: t("Takes"), cell: ([, input]) => takes(input) },
              { head: t("Needed"), cell: ([, input]) => (input.optional ? "" : t("yes")) },
              { head: t("Meaning"), cell: ([, input]) => input.description },
            ]}
          />
        )}
      </Panel>
      <Panel title={t("Configuration")} flush>
        {Object.keys(manifest.config).length === 0 ? (
          <Text c="dimmed" size="sm" p="md">
            {t("There is nothing to set.")}
          </Text>
        ) : (
          <SimpleTable
            label={t("Configuration")}
            rows={Object.entries(manifest.config)}
            rowKey={([name]) => name}
            columns={[
              { head: t("Option"), cell: ([name]) => name },
              { head: t("Value"), cell: ([, option]) => allowed(option) },
              { head: t("Default"), cell: ([, option]) => <span className="mono">{preset(option)}</span> },
              { head: t("Meaning"), cell: ([, option]) => option.description },
            ]}
          />
        )}
      </Panel>
      <Panel title={t("Manifest")}>
        <details>
          <summary>{t("Word for word")}</summary>
          <Code block>{JSON.stringify(manifest, null, 2)}</Code>
        </details>
      </Panel>
    </>
  );
}
