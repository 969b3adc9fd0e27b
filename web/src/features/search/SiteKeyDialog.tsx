import { PasswordInput, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { t } from "@/i18n/text";
import { FormDialog } from "@/ui/FormDialog";
import { type Site, sitesQuery } from "./sites";

/** The key of one's own account on another site, with which that site is searched from here. */
export function SiteKeyDialog({ site, onClose }: { site: Site; onClose: () => void }) {
  const queries = useQueryClient();
  const [key, setKey] = useState("");
  const connect = useMutation({
    mutationFn: () => api.put<Site>(`/dataexplorer/sites/${site._id}/key`, { key: key.trim() }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: sitesQuery.queryKey });
      onClose();
    },
  });
  return (
    <FormDialog
      title={t("Connect to {label}", { label: site.label })}
      size="sm"
      action={t("Connect")}
      busy={connect.isPending}
      disabled={!key.trim()}
      error={connect.error}
      onClose={onClose}
      onSubmit={() => connect.mutate()}
    >
      <Text size="sm">
        {t("{url} shows what your account there may see. The key is tried now and kept encrypted.", {
          url: site.url,
        })}
      </Text>
      <PasswordInput
        label={t("API key")}
        data-autofocus
        autoComplete="off"
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
