import { Code, Text } from "@mantine/core";
import type { Input, Manifest, Option } from "@/api/gears";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";

const takes = (input: Input) => {
  if (input.base === "api-key") return input["read-only"] ? "a key that only reads" : "a key of the starter";
  if (input.base === "context") return "a value set on the container or above";
  return input.type?.enum ? `a file: ${input.type.enum.join(", ")}` : "any file";
};

const allowed = ({ type, enum: words, minimum, maximum }: Option) =>
  [
    words ? words.map(String).join(", ") : (type ?? "any value"),
    minimum === undefined ? "" : `from ${minimum}`,
    maximum === undefined ? "" : `to ${maximum}`,
  ]
    .filter(Boolean)
    .join(" ");

const preset = ({ default: value, optional }: Option) =>
  value === undefined
    ? optional
      ? ""
      : "to be given"
    : typeof value === "string"
      ? value
      : JSON.stringify(value);

/** What a run is given, what it can be told, and the manifest itself. */
export function ManifestPanels({ manifest }: { manifest: Manifest }) {
  return (
    <>
      <Panel title="Inputs" flush>
        {Object.keys(manifest.inputs).length === 0 ? (
          <Text c="dimmed" size="sm" p="md">
            It needs none.
          </Text>
        ) : (
          <SimpleTable
            label="Inputs"
            rows={Object.entries(manifest.inputs)}
            rowKey={([name]) => name}
            columns={[
              { head: "Input", cell: ([name]) => name },
              { head: "Takes", cell: ([, input]) => takes(input) },
              { head: "Needed", cell: ([, input]) => (input.optional ? "" : "yes") },
              { head: "Meaning", cell: ([, input]) => input.description },
            ]}
          />
        )}
      </Panel>
      <Panel title="Configuration" flush>
        {Object.keys(manifest.config).length === 0 ? (
          <Text c="dimmed" size="sm" p="md">
            There is nothing to set.
          </Text>
        ) : (
          <SimpleTable
            label="Configuration"
            rows={Object.entries(manifest.config)}
            rowKey={([name]) => name}
            columns={[
              { head: "Option", cell: ([name]) => name },
              { head: "Value", cell: ([, option]) => allowed(option) },
              { head: "Default", cell: ([, option]) => <span className="mono">{preset(option)}</span> },
              { head: "Meaning", cell: ([, option]) => option.description },
            ]}
          />
        )}
      </Panel>
      <Panel title="Manifest">
        <details>
          <summary>Word for word</summary>
          <Code block>{JSON.stringify(manifest, null, 2)}</Code>
        </details>
      </Panel>
    </>
  );
}
