import { Button, Group, Stack, Switch, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "@/api/client";
import { gearQuery } from "@/api/gears";
import { useChange } from "@/api/useChange";
import { rich } from "@/i18n/rich";
import { t } from "@/i18n/text";
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
    <StateMark state="off" words={t("disabled")} />
  ) : (
    <StateMark state="ok" words={t("enabled")} />
  );
  const started = gear ? (
    <Link to="/gears/$name/$version" params={{ name: gear.name, version: gear.version }}>
      {gear.label} {gear.version}
    </Link>
  ) : (
    t("a gear")
  );
  return (
    <Panel
      title={rule.name}
      aside={
        mayEdit ? (
          <Switch
            label={t("Enabled")}
            aria-label={t("Enabled: {name}", { name: rule.name })}
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
          {rule.auto_update
            ? rich("Starts {gear}, newer versions by themselves when a file meets", { gear: started })
            : rich("Starts {gear} when a file meets", { gear: started })}
        </Text>
        <ul style={{ margin: 0, paddingLeft: 18, overflowWrap: "anywhere" }}>
          {conditionWords(rule).map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
        <Group gap={8}>
          <Button variant="default" size="xs" aria-expanded={history} onClick={shown.toggle}>
            {t("Last firings")}
          </Button>
          {mayEdit ? (
            <>
              <Button variant="default" size="xs" onClick={onTry}>
                {t("Try on files that are here")}
              </Button>
              <Button variant="default" size="xs" onClick={onEdit}>
                {t("Edit")}
              </Button>
              <Button variant="default" size="xs" onClick={dialog.open}>
                {t("Delete")}
              </Button>
            </>
          ) : null}
        </Group>
        {history ? <Firings project={project} rule={rule._id} /> : null}
      </Stack>
      <ConfirmDialog
        opened={asking}
        title={t("Delete this rule?")}
        action={t("Delete rule")}
        busy={remove.isPending}
        onClose={dialog.close}
        onConfirm={() => remove.mutate(undefined, { onSettled: dialog.close })}
      >
        {t("“{name}” goes with its history. Jobs that it started stay.", { name: rule.name })}
      </ConfirmDialog>
    </Panel>
  );
}
