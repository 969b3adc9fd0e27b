import { Button, Group, Stack, Switch, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "@/api/client";
import { gearQuery } from "@/api/gears";
import { useChange } from "@/api/useChange";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Panel } from "@/ui/Panel";
import { StateMark } from "@/ui/StateMark";
import { Firings } from "./Firings";
import { conditionWords, type Rule, rulePath, saveRule } from "./rule";

interface RulePanelProps {
  project: string;
  rule: Rule;
  mayEdit: boolean;
  onEdit: () => void;
  onTry: () => void;
}

/** One rule: when it fires, what it starts, what came of it. */
export function RulePanel({ project, rule, mayEdit, onEdit, onTry }: RulePanelProps) {
  const gear = useQuery(gearQuery(rule.gear_id)).data?.gear;
  const [history, shown] = useDisclosure(false);
  const [asking, dialog] = useDisclosure(false);
  const enable = useChange((enabled: boolean) => saveRule(project, rule._id, { disabled: !enabled }));
  const remove = useChange(() => api.delete(rulePath(project, rule._id)));
  const mark = rule.disabled ? (
    <StateMark state="off" words="disabled" />
  ) : (
    <StateMark state="ok" words="enabled" />
  );
  return (
    <Panel
      title={rule.name}
      aside={
        mayEdit ? (
          <Switch
            label="Enabled"
            aria-label={`Enabled: ${rule.name}`}
            checked={!rule.disabled}
            disabled={enable.isPending}
            onChange={(event) => enable.mutate(event.currentTarget.checked)}
          />
        ) : (
          mark
        )
      }
    >
      <Stack gap="xs">
        <Text component="div" size="sm">
          Starts{" "}
          {gear ? (
            <Link to="/gears/$name/$version" params={{ name: gear.name, version: gear.version }}>
              {gear.label} {gear.version}
            </Link>
          ) : (
            "a gear"
          )}
          {rule.auto_update ? ", newer versions by themselves" : ""} when a file meets
        </Text>
        <ul style={{ margin: 0, paddingLeft: 18, overflowWrap: "anywhere" }}>
          {conditionWords(rule).map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
        <Group gap={8}>
          <Button variant="default" size="xs" aria-expanded={history} onClick={shown.toggle}>
            Last firings
          </Button>
          {mayEdit ? (
            <>
              <Button variant="default" size="xs" onClick={onTry}>
                Try on files that are here
              </Button>
              <Button variant="default" size="xs" onClick={onEdit}>
                Edit
              </Button>
              <Button variant="default" size="xs" onClick={dialog.open}>
                Delete
              </Button>
            </>
          ) : null}
        </Group>
        {history ? <Firings project={project} rule={rule._id} /> : null}
      </Stack>
      <ConfirmDialog
        opened={asking}
        title="Delete this rule?"
        action="Delete rule"
        busy={remove.isPending}
        onClose={dialog.close}
        onConfirm={() => remove.mutate(undefined, { onSettled: dialog.close })}
      >
        “{rule.name}” goes with its history. Jobs that it started stay.
      </ConfirmDialog>
    </Panel>
  );
}
