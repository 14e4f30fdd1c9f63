import {
  IconBrandInstagram,
  IconBrandMessenger,
  IconBrandTelegram,
  IconBrandWhatsapp,
  IconMessageCircle,
  IconMessages,
} from "@tabler/icons-react";

const kinds: Record<string, { name: string; icon: typeof IconMessages }> = {
  livechat: { name: "Live chat", icon: IconMessages },
  telegram: { name: "Telegram", icon: IconBrandTelegram },
  whatsapp: { name: "WhatsApp", icon: IconBrandWhatsapp },
  instagram: { name: "Instagram", icon: IconBrandInstagram },
  messenger: { name: "Messenger", icon: IconBrandMessenger },
};

export const channelName = (kind: string) => kinds[kind]?.name ?? kind;

export function ChannelIcon({ kind, size = 16 }: { kind: string; size?: number }) {
  const Icon = kinds[kind]?.icon ?? IconMessageCircle;
  return <Icon size={size} aria-label={channelName(kind)} role="img" />;
}
