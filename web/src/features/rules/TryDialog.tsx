import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import { figure, plural, t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { SimpleTable } from "@/ui/SimpleTable";
import { type Match, type Rule, rulePath } from "./rule";
import { useTrial } from "./useTrial";

const SHOWN = 200;

/** Which files meet a rule's conditions now; runs are started for them only when one says so. */
export function TryDialog({ project, rule, onClose }: { project: string; rule: Rule; onClose: () => void }) {
  const [after, setAfter] = useState<string>();
  const found = useTrial(project, rule._id, after);
  const queries = useQueryClient();
  const path = `${rulePath(project, rule._id)}/run`;
  const start = useMutation({
    mutationFn: () => api.post<Match[]>(path, {}, { dry: false, after }),
    onSettled: () => queries.invalidateQueries({ queryKey: [LIVE] }),
  });
  const matches = start.data ?? found.data?.matches ?? [];
  const able = matches.filter((one) => one.reason === null).length;
  const next = found.data?.next;
  return (
    <Modal opened onClose={onClose} title={t("Try “{name}”", { name: rule.name })} size="lg">
      <Stack gap="md">
        {found.isPending ? <Loading rows={4} /> : null}
        {found.error ? (
          <Failure error={found.error} what={t("trial")} onRetry={() => void found.refetch()} />
        ) : null}
        {found.data ? (
          <Text role="status">
            {start.data
              ? plural(able, "{count} job started.", "{count} jobs started.")
              : plural(
                  matches.length,
                  "{count} file matches now. Nothing was started.",
                  "{count} files match now. Nothing was started.",
                )}
            {next ? ` ${t("More files are looked at on the next page.")}` : ""}
          </Text>
        ) : null}
        {matches.length > 0 ? (
          <SimpleTable
            label={t("Matching files")}
            rows={matches.slice(0, SHOWN)}
            rowKey={(one) => one.file_id}
            columns={[
              { head: t("File"), cell: (one) => one.name },
              { head: t("Version"), number: true, cell: (one) => one.version },
              {
                head: t("A run"),
                cell: (one) => one.reason ?? (one.job_id ? t("started") : t("can be started")),
              },
            ]}
          />
        ) : null}
        {matches.length > SHOWN ? (
          <Text size="sm" c="dimmed">
            {t("The first {count} are shown.", { count: figure(SHOWN) })}
          </Text>
        ) : null}
        {start.error ? (
          <Alert color="red" variant="light" p="xs" role="alert">
            {start.error.message}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t("Close")}
          </Button>
          {next ? (
            <Button
              variant="default"
              onClick={() => {
                start.reset();
                setAfter(next);
              }}
            >
              {t("Next page")}
            </Button>
          ) : null}
          {able > 0 && !start.data ? (
            <Button variant="outline" loading={start.isPending} onClick={() => start.mutate()}>
              {plural(able, "Start {count} job", "Start {count} jobs")}
            </Button>
          ) : null}
        </Group>
      </Stack>
    </Modal>
  );
}
