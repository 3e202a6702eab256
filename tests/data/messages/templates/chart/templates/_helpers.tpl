{{- define "shop.image" -}}
{{ .Values.imag.repository }}:{{ .Values.image.tag }}
{{- end }}
{{- define "shop.outer" -}}
  {{ include "shop.image" . | quote }}
{{- end }}
