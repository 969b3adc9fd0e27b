import { Alert, Button, Group, TextInput } from "@mantine/core";
import { IconCopy, IconSearch } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import { permissionsQuery, useIsAdmin } from "@/api/rights";
import type { Action, Role } from "@/api/types";
import { useRemoval } from "@/api/useChange";
import { plural, t } from "@/i18n/text";
import { Columns } from "@/ui/Columns";
import { LinkButton } from "@/ui/LinkButton";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { RemoveButton } from "@/ui/RemoveButton";
import { ActionMatrix } from "./ActionMatrix";
import { changes } from "./actionSet";
import { ChangePreview } from "./ChangePreview";
import { RoleDifference } from "./RoleDifference";
import { RoleUsers } from "./RoleUsers";

interface RoleEditorProps {
  role: Role | null;
  copied: Role | null;
  actions: Action[];
}

/** A role's label and actions; what a change does is said before it is saved. */
export function RoleEditor({ role, copied, actions }: RoleEditorProps) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const admin = useIsAdmin();
  const required = actions.filter((one) => one.required).map((one) => one.action);
  const [label, setLabel] = useState(
    role?.label ?? (copied ? t("{label} copy", { label: copied.label }) : ""),
  );
  const [held, setHeld] = useState<ReadonlySet<string>>(
    () => new Set(role?.actions ?? copied?.actions ?? required),
  );
  const [search, setSearch] = useState("");
  const before = new Set(role?.actions ?? copied?.actions ?? required);
  const difference = changes(before, held);
  const changed = role
    ? label.trim() !== role.label || difference.added.length + difference.removed.length > 0
    : true;
  const mayEdit = admin && (role === null || role.default_flywheel_role === null);
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ["roles"] }),
      queries.invalidateQueries({ queryKey: [LIVE] }),
      queries.invalidateQueries(permissionsQuery),
    ]);
  const save = useMutation({
    mutationFn: () => {
      const body = { label: label.trim(), actions: [...held] };
      return role ? api.put<Role>(`/roles/${role._id}`, body) : api.post<Role>("/roles", body);
    },
    onSuccess: async (saved) => {
      await refresh();
      await navigate({ to: "/admin/roles/$r", params: { r: saved._id }, replace: true });
    },
  });
  const remove = useRemoval(
    () => api.delete(`/roles/${role?._id}`),
    () => navigate({ to: "/admin/roles" }),
    ["roles"],
  );
  const failed = save.error;
  return (
    <Page>
      <PageHead
        title={role?.label ?? t("New role")}
        kind={role?.default_flywheel_role ? t("Built-in role: it cannot be changed, only copied") : t("Role")}
        about={plural(held.size, "{count} action", "{count} actions")}
        actions={
          role && admin ? (
            <>
              {mayEdit && !role.in_use ? (
                <RemoveButton what={t("role")} remove={remove}>
                  {t("“{label}” can then no longer be given to anybody.", { label: role.label })}
                </RemoveButton>
              ) : null}
              <LinkButton
                to="/admin/roles/$r"
                params={{ r: "new" }}
                search={{ copy: role._id }}
                variant="default"
                leftSection={<IconCopy size={16} />}
              >
                {t("Copy")}
              </LinkButton>
            </>
          ) : null
        }
      />
      <Columns
        main={
          <Panel
            title={t("What it allows")}
            flush
            aside={
              <TextInput
                size="xs"
                type="search"
                w={180}
                aria-label={t("Search actions")}
                placeholder={t("Search")}
                leftSection={<IconSearch size={14} />}
                value={search}
                onChange={(event) => setSearch(event.currentTarget.value)}
              />
            }
          >
            <ActionMatrix
              actions={actions}
              held={held}
              before={before}
              search={search}
              mayEdit={mayEdit}
              onChange={setHeld}
            />
          </Panel>
        }
        side={
          <>
            {mayEdit ? (
              <Panel title={role ? t("Change") : t("New role")}>
                <TextInput
                  label={t("Label")}
                  maxLength={64}
                  value={label}
                  onChange={(event) => setLabel(event.currentTarget.value)}
                  autoFocus={role === null}
                />
                <RoleDifference {...difference} actions={actions} />
                {role && difference.added.length + difference.removed.length > 0 ? (
                  <ChangePreview change={{ change: "role", role: role._id, actions: [...held] }} />
                ) : null}
                {failed ? (
                  <Alert color="red" variant="light" p="xs" mt="sm" role="alert">
                    {failed.message}
                  </Alert>
                ) : null}
                <Group justify="flex-end" mt="md" gap={8}>
                  {role && changed ? (
                    <Button
                      variant="default"
                      onClick={() => {
                        setLabel(role.label);
                        setHeld(before);
                      }}
                    >
                      {t("Undo")}
                    </Button>
                  ) : null}
                  <Button
                    disabled={!label.trim() || !changed}
                    loading={save.isPending}
                    onClick={() => save.mutate()}
                  >
                    {role ? t("Save") : t("Create role")}
                  </Button>
                </Group>
              </Panel>
            ) : null}
            {role && admin ? <RoleUsers roleId={role._id} changing={changed && mayEdit} /> : null}
          </>
        }
      />
    </Page>
  );
}
