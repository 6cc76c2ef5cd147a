"""What a patient brings: limb loss, conditions and allergies."""
