import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { secondFactorQuery } from "@/api/queries";
import { CodeInput } from "./CodeInput";
import { refusalText } from "./loginWords";
import { RecoveryCodes } from "./RecoveryCodes";

const WORDS = {
  recovery: {
    title: "New recovery codes",
    about: "Your present recovery codes will not work any more.",
    action: "Make new codes",
    color: "",
  },
  remove: {
    title: "Remove two-step login?",
    about: "Your password alone will open your account again, unless this site demands a second step.",
    action: "Remove",
    color: "red",
  },
} as const;

/** Things done to the second factor that need one of its codes. */
export function ProvenDialog({ action, onClose }: { action: keyof typeof WORDS; onClose: () => void }) {
  const queries = useQueryClient();
  const [code, setCode] = useState("");
  const words = WORDS[action];
  const send = useMutation({
    mutationFn: () => api.post<{ recovery_codes?: string[] }>(`/x/me/totp/${action}`, { code }),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ ...secondFactorQuery, exact: true });
      if (!made.recovery_codes) onClose();
    },
    onError: () => setCode(""),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={words.title} closeOnClickOutside={false}>
      {send.data?.recovery_codes ? (
        <RecoveryCodes codes={send.data.recovery_codes} done="Done" onDone={onClose} />
      ) : (
        <form onSubmit={submit}>
          <Stack gap="md">
            <Text>{words.about}</Text>
            <CodeInput
              value={code}
              onChange={setCode}
              description="From your authenticator app, or a recovery code."
              {...(send.error ? { error: refusalText(send.error) } : {})}
            />
            <Group justify="flex-end" gap={8}>
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button
                type="submit"
                disabled={!code}
                loading={send.isPending}
                {...(words.color ? { color: words.color, variant: "outline" } : {})}
              >
                {words.action}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
