import type { Language } from "../shared/i18n";

interface LoaderTexts {
  open: string;
  close: string;
  panel: string;
  /** {n} is the number of unread messages. */
  unread: string;
}

export const TEXTS: Record<Language, LoaderTexts> = {
  en: { open: "Open chat", close: "Close chat", panel: "Chat", unread: "new messages: {n}" },
  de: { open: "Chat öffnen", close: "Chat schließen", panel: "Chat", unread: "neue Nachrichten: {n}" },
  es: { open: "Abrir chat", close: "Cerrar chat", panel: "Chat", unread: "mensajes nuevos: {n}" },
  pt: { open: "Abrir chat", close: "Fechar chat", panel: "Chat", unread: "novas mensagens: {n}" },
  tr: { open: "Sohbeti aç", close: "Sohbeti kapat", panel: "Sohbet", unread: "yeni mesajlar: {n}" },
  ru: { open: "Открыть чат", close: "Закрыть чат", panel: "Чат", unread: "новые сообщения: {n}" },
};
