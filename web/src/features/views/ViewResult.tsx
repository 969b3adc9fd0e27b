import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconChevronDown, IconDownload } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { save } from "@/api/download";
import { useMay } from "@/api/rights";
import { plural, t } from "@/i18n/text";
import { executionQuery, FORMATS, resultUrl, type ViewSpec } from "@/parts/views/view";
import { Failure } from "@/ui/Failure";
import { dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import { ViewGrid } from "./ViewGrid";

interface ViewResultProps {
  execution: string;
  project: string;
  spec: ViewSpec;
  name: string;
  sort: string | undefined;
}

/** A view that was run: all its rows, to look at and to take away. */
export function ViewResult({ execution, project, spec, name, sort }: ViewResultProps) {
  const found = useQuery(executionQuery(execution));
  const may = useMay(project);
  const keep = useMutation({
    mutationFn: () =>
      api.post(
        `/data_view_executions/${execution}/save`,
        {},
        { file_format: "csv", file_name: `${name}.csv` },
      ),
    onSuccess: () =>
      notifications.show({ message: t("“{name}.csv” is among the project’s files.", { name }) }),
    onError: (error) => notifications.show({ color: "red", title: t("Not saved"), message: error.message }),
  });
  if (found.error && !found.data)
    return <Failure error={found.error} what={t("result")} onRetry={() => void found.refetch()} />;
  const ran = found.data;
  if (!ran || !["completed", "failed", "cancelled"].includes(ran.state))
    return <Loading rows={8} label={t("The view is running")} />;
  if (ran.state !== "completed")
    return (
      <Message title={t("The view could not be run")} alert>
        {ran.error}
      </Message>
    );
  return (
    <ViewGrid
      project={project}
      spec={spec}
      empty={false}
      total={ran.rows ?? 0}
      sort={sort}
      status={
        <>
          <span>
            {plural(ran.rows ?? 0, "{count} row, run {when}", "{count} rows, run {when}", {
              when: dateTime(ran.timestamp_ran),
            })}
          </span>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button
                size="compact-sm"
                variant="light"
                ml="auto"
                leftSection={<IconDownload size={15} />}
                rightSection={<IconChevronDown size={14} />}
              >
                {t("Download")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {FORMATS.map(([format, words]) => (
                <Menu.Item key={format} onClick={() => save(resultUrl(execution, format, name))}>
                  {words}
                </Menu.Item>
              ))}
              {may("files_create_single") ? (
                <>
                  <Menu.Divider />
                  <Menu.Item onClick={() => keep.mutate()}>{t("Save as CSV file in the project")}</Menu.Item>
                </>
              ) : null}
            </Menu.Dropdown>
          </Menu>
        </>
      }
    />
  );
}
