{{- define "inner" }}
x: {{ .Values.a.b.c }}
{{- end }}
